"""models/spec.py in the other languages: model_specs.h for the C++ core and specs.ts for the SDK."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from models.conversion import cli
from models.spec import FINGERS, SPECS, TIERS, ModelSpec

BANNER = "// Generated from models/spec.py by models.conversion.specs. Do not edit."


def _cpp_constant(name: str, value: float) -> str:
    return f"constexpr int {name} = {value};" if isinstance(value, int) else f"constexpr float {name} = {value!r}f;"


def _cpp_array(name: str, values: Sequence[float]) -> str:
    listed = ", ".join(f"{float(value)!r}f" for value in values)
    return f"constexpr float {name}[{len(values)}] = {{{listed}}};"


def header(specs: Mapping[str, ModelSpec] = SPECS) -> str:
    """model_specs.h: one namespace a model with its constants (int or float, as in Python), mean[3] and std[3]."""
    lines = [
        BANNER,
        "#ifndef LUNULA_MODEL_SPECS_H",
        "#define LUNULA_MODEL_SPECS_H",
        "",
        "namespace lunula::spec {",
        "",
        _cpp_constant("finger_count", len(FINGERS)),
        "",
    ]
    for spec in specs.values():
        lines += [
            f"namespace {spec.name} {{",
            *(_cpp_constant(name, value) for name, value in spec.constants.items()),
            _cpp_array("mean", spec.normalisation.mean),
            _cpp_array("std", spec.normalisation.std),
            f"}}  // namespace {spec.name}",
            "",
        ]
    return "\n".join([*lines, "}  // namespace lunula::spec", "", "#endif", ""])


# Bundlers keep an object whole: what the build alone needs stays out of every page.
_IN_SCRIPTS = ("outputs", "constants")


def typescript(specs: Mapping[str, ModelSpec] = SPECS) -> str:
    """specs.ts: FINGERS, TIERS, each model's spec (null: a free dimension), NORMALISATIONS, `as const`."""
    values = {
        "FINGERS": FINGERS,
        "TIERS": TIERS,
        **{name: {key: spec.as_dict()[key] for key in _IN_SCRIPTS} for name, spec in specs.items()},
        "NORMALISATIONS": {name: asdict(spec.normalisation) for name, spec in specs.items()},
    }
    lines = [f"export const {name} = {json.dumps(value, indent=2)} as const\n" for name, value in values.items()]
    return "\n".join([BANNER, *lines])


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    arguments.add_argument("--header", required=True, type=Path, metavar="FILE")
    arguments.add_argument("--typescript", required=True, type=Path, metavar="FILE")
    options = arguments.parse_args(argv)

    for path, text in ((options.header, header()), (options.typescript, typescript())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        cli.progress(f"{path}: {len(SPECS)} models")


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
