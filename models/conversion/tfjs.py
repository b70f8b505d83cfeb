"""SavedModel (NHWC) -> TF.js graph model: float16 or uint8 weights in shards of 4 MiB, deterministic bytes.

Only the weights of convolutions and matrix products are quantised (in the uint8 model the depthwise and small ones to
float16, see `GraphModel.storage`); TF.js computes in float32 all the same. Gates: every
operator has a kernel on all backends, biases and ReLU6 are fused, the float32 graph gives the SavedModel's numbers on
the WASM backend, and each quantised weight is within its rounding. What quantisation costs in mIoU is measured on the
built SDK, by `models.evaluation.gate`.
"""

import json
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.conversion import cli, kernels, saved_model, tfjs_files, tfjs_gates
from models.conversion.errors import ConversionError
from models.conversion.gate_inputs import gate_inputs
from models.conversion.quiet_tensorflow import tensorflow
from models.conversion.tfjs_files import GraphModel
from models.spec import ModelSpec

DTYPES = ("float16", "uint8")


def convert(spec: ModelSpec, directory: Path) -> GraphModel:
    """The TF.js graph of a SavedModel, float32, in canonical order."""
    tensorflow()
    # Packages that tensorflowjs imports, and that have no part here, warn about their own versions.
    logging.getLogger().setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="pkg_resources")
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as converter

    with tempfile.TemporaryDirectory() as folder:
        try:
            converter.convert_tf_saved_model(str(directory), folder)
        except ValueError as error:
            raise ConversionError(f"{directory}: tensorflowjs refuses the graph: {error}") from error
        return tfjs_files.canonical(tfjs_files.read(Path(folder)), spec)


def known_kernels(file: Path | None, node_modules: Path) -> dict[str, Any]:
    """kernels.json as the `kernels` step wrote it, or, without one, the same read from node_modules now."""
    if file is None:
        return kernels.registered(node_modules)
    found: dict[str, Any] = json.loads(cli.existing(file, "list of kernels").read_text())
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    cli.add_model(arguments)
    arguments.add_argument("--saved-model", required=True, type=Path, metavar="DIR", help="from nhwc")
    arguments.add_argument("--dtype", required=True, choices=DTYPES)
    arguments.add_argument(
        "--photos", type=Path, default=cli.PHOTOS, metavar="DIR", help="photos that the gate runs on"
    )
    arguments.add_argument("--node-modules", type=Path, default=cli.NODE_MODULES, metavar="DIR")
    arguments.add_argument(
        "--kernels", type=Path, metavar="FILE", help="kernels.json; default: asked from node_modules"
    )
    arguments.add_argument("--out", required=True, type=Path, metavar="DIR")
    options = arguments.parse_args(argv)

    spec = cli.model_spec(options.model)
    cli.progress(f"{spec.name}: SavedModel -> TF.js {options.dtype}")
    graph = saved_model.read(options.saved_model)
    model = convert(spec, options.saved_model)
    cli.progress_ops("TF.js", model.ops())
    tfjs_gates.check_fused(model)
    images = gate_inputs(spec, options.photos)
    reference = saved_model.Runner(saved_model.in_float64(graph))
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "float32"
        tfjs_files.write(model, "float32", exact)
        # Kernels do not depend on the size: where it is free, the smallest input is the quickest to trace.
        smallest = [1, *(size or 64 for size in spec.input.shape[1:])]
        trace = kernels.used(exact, smallest, options.node_modules)
        kernels.check(trace, known_kernels(options.kernels, options.node_modules))
        called = sorted({kernel for entry in trace.values() for kernel in entry["kernels"]})
        cli.progress(f"kernels: {', '.join(called)}: on WebGL, WASM and WebGPU")
        float32 = tfjs_gates.differences_on_wasm(exact, spec, reference, images, options.node_modules)
        tfjs_gates.check_outputs(float32, len(images))

    tfjs_files.write(model, options.dtype, options.out)
    tfjs_gates.check_weights(model, tfjs_files.read(options.out), options.dtype)
    quantised = tfjs_gates.differences_on_wasm(options.out, spec, reference, images, options.node_modules, strict=False)
    changes = ", ".join(f"{d.tensor} {d.value:.2g}" for d in quantised)
    cli.progress(f"{options.dtype} moves raw outputs by at most: {changes} (its cost in mIoU is gated on dist)")
    files = sorted(options.out.iterdir())
    cli.progress(f"{options.out}: " + ", ".join(f"{f.name} {f.stat().st_size:,} bytes" for f in files))


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
