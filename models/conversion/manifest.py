"""dist/models/manifest.json: every graph model's files with SHA-256 and size, and its tensor names.

Paths are relative to the manifest; sizes and hashes are of the uncompressed files. `version` is a hash over all
entries, so it changes exactly when a byte of any model does.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.conversion import cli
from models.conversion.errors import ConversionError
from models.spec import ModelSpec

FORMAT = 1


@dataclass(frozen=True)
class Variant:
    """One converted model: NAME=DIR:DTYPE on the command line."""

    spec: ModelSpec
    directory: Path
    dtype: str


def parse(text: str) -> Variant:
    """NAME=DIR:DTYPE. Raises ConversionError for another form or an unknown model."""
    name, equals, rest = text.partition("=")
    directory, colon, dtype = rest.rpartition(":")
    if not (equals and colon and directory and dtype):
        raise ConversionError(f"--model {text!r} is not of the form NAME=DIR:DTYPE, such as nail_patch=DIR:float16")
    return Variant(cli.model_spec(name), Path(directory), dtype)


def file_entry(path: Path, root: Path) -> dict[str, Any]:
    """Path relative to the manifest, SHA-256 and size of a file."""
    content = cli.existing(path, "model file").read_bytes()
    try:
        relative = path.resolve().relative_to(root.resolve())
    except ValueError as error:
        raise ConversionError(f"{path} is not below {root}, where the manifest goes; move one of them") from error
    return {"path": relative.as_posix(), "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def variant_entry(variant: Variant, root: Path) -> dict[str, Any]:
    """Files and tensor names of one variant. Raises ConversionError if its signature is not the spec's."""
    model = variant.directory / "model.json"
    document = json.loads(cli.existing(model, f"{variant.dtype} model of {variant.spec.name}").read_text())
    names = {
        side: {key: info["name"] for key, info in document["signature"][side].items()} for side in ("inputs", "outputs")
    }
    expected = {output.name for output in variant.spec.outputs}
    if names["inputs"].keys() != {variant.spec.input.name} or names["outputs"].keys() != expected:
        raise ConversionError(
            f"{model} has inputs {sorted(names['inputs'])} and outputs {sorted(names['outputs'])}; models/spec.py says "
            f"{variant.spec.input.name!r} and {sorted(expected)}: convert it again"
        )
    shards = [path for group in document["weightsManifest"] for path in group["paths"]]
    return {
        "model": file_entry(model, root),
        "shards": [file_entry(variant.directory / shard, root) for shard in shards],
        "input": names["inputs"][variant.spec.input.name],
        "outputs": {output.name: names["outputs"][output.name] for output in variant.spec.outputs},
    }


def build(variants: Sequence[Variant], root: Path) -> dict[str, Any]:
    """The manifest of some variants for a folder `root`."""
    models: dict[str, Any] = {}
    for variant in sorted(variants, key=lambda v: (v.spec.name, v.dtype)):
        model = models.setdefault(variant.spec.name, {"version": variant.spec.version, "variants": {}})
        if variant.dtype in model["variants"]:
            raise ConversionError(f"{variant.spec.name} {variant.dtype} is given twice; give each variant once")
        model["variants"][variant.dtype] = variant_entry(variant, root)
    digest = hashlib.sha256(json.dumps(models, sort_keys=True).encode()).hexdigest()
    return {"format": FORMAT, "version": digest[:16], "models": models}


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    arguments.add_argument("--out", required=True, type=Path, metavar="FILE")
    arguments.add_argument("--model", required=True, action="append", dest="models", metavar="NAME=DIR:DTYPE")
    options = arguments.parse_args(argv)

    manifest = build([parse(text) for text in options.models], options.out.parent)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(manifest, indent=2) + "\n")
    for name, model in manifest["models"].items():
        for dtype, entry in model["variants"].items():
            size = sum(file["bytes"] for file in [entry["model"], *entry["shards"]])
            cli.progress(f"{name} {dtype}: {1 + len(entry['shards'])} files, {size:,} bytes")
    cli.progress(f"models version {manifest['version']}")


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
