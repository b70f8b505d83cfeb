"""Which kernels may a graph use: those that TF.js's WebGL, WASM and WebGPU backends all register.

The list is read from the installed packages: Node imports the backends and asks TF.js's registry. What a graph needs is
found the same way: tfjs-converter's own executors run every node once and TF.js's profiler notes the kernels called
(fused operators included), so no table from operators to kernels is kept here.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.conversion import cli
from models.conversion.errors import ConversionError
from models.conversion.node_runner import node


def registered(node_modules: Path) -> dict[str, Any]:
    """{"versions": {package: version}, "kernels": {backend: [..]}, "common": [..]}, all sorted."""
    found: dict[str, Any] = node("kernels.mjs", node_modules)
    for backend, names in found["kernels"].items():
        if not names:
            raise ConversionError(
                f"TF.js backend {backend} registers no kernel: its package and tfjs-core do not match"
            )
    found["common"] = sorted(set.intersection(*map(set, found["kernels"].values())))
    return found


def used(model: Path, input_shape: Sequence[int], node_modules: Path) -> dict[str, dict[str, Any]]:
    """Node name -> {"op", "kernels"} or {"op", "error"} for a TF.js graph model."""
    trace: dict[str, dict[str, Any]] = node("trace.mjs", node_modules, str(model), json.dumps(list(input_shape)))
    return trace


def check(trace: dict[str, dict[str, Any]], kernels: dict[str, Any]) -> None:
    """Raises ConversionError naming every node that needs a kernel which one of the backends lacks."""
    allowed = set(kernels["common"])
    faults = []
    for name, entry in trace.items():
        if "error" in entry:
            faults.append(f"node {name!r} ({entry['op']}) does not run: {entry['error']}")
        for kernel in sorted(set(entry.get("kernels", ())) - allowed):
            lacking = ", ".join(backend for backend, names in kernels["kernels"].items() if kernel not in names)
            faults.append(f"node {name!r} ({entry['op']}) needs the kernel {kernel}, which {lacking} lacks")
    if faults:
        versions = ", ".join(f"{package} {version}" for package, version in sorted(kernels["versions"].items()))
        raise ConversionError(
            "operators outside the kernels that all TF.js backends have:\n  "
            + "\n  ".join(faults)
            + f"\n({versions}); write the network with other operators (DESIGN §3)"
        )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    arguments.add_argument("--node-modules", type=Path, default=cli.NODE_MODULES, metavar="DIR")
    arguments.add_argument("--out", required=True, type=Path, metavar="FILE")
    options = arguments.parse_args(argv)

    kernels = registered(options.node_modules)
    counts = ", ".join(f"{backend} {len(names)}" for backend, names in kernels["kernels"].items())
    cli.progress(f"TF.js kernels: {counts}, common {len(kernels['common'])}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(kernels, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
