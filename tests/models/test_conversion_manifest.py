"""manifest.json: what is in it, when its version changes, what it refuses."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from models.conversion import cli, manifest
from models.conversion.errors import ConversionError
from models.spec import NAIL_PATCH


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A nail_patch model of two shards in tmp_path/nail_patch/uint8."""
    folder = tmp_path / "nail_patch" / "uint8"
    folder.mkdir(parents=True)
    document = {
        "signature": {
            "inputs": {NAIL_PATCH.input.name: {"name": "patches:0"}},
            "outputs": {output.name: {"name": f"{output.name}:0"} for output in NAIL_PATCH.outputs},
        },
        "weightsManifest": [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": []}],
    }
    (folder / "model.json").write_text(json.dumps(document))
    (folder / "group1-shard1of2.bin").write_bytes(b"first")
    (folder / "group1-shard2of2.bin").write_bytes(b"second")
    return folder


def written(model: Path) -> dict[str, Any]:
    out = model.parents[1] / "manifest.json"
    manifest.main(["--out", str(out), "--model", f"nail_patch={model}:uint8"])
    content: dict[str, Any] = json.loads(out.read_text())
    return content


def test_each_file_stands_with_its_path_hash_and_size(model: Path) -> None:
    content = written(model)
    entry = content["models"]["nail_patch"]["variants"]["uint8"]
    assert content["format"] == 1
    assert entry["shards"] == [
        {
            "path": f"nail_patch/uint8/group1-shard{number}of2.bin",
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
        }
        for number, data in ((1, b"first"), (2, b"second"))
    ]
    assert entry["model"]["sha256"] == hashlib.sha256((model / "model.json").read_bytes()).hexdigest()


def test_tensor_names_follow_the_spec(model: Path) -> None:
    entry = written(model)["models"]["nail_patch"]["variants"]["uint8"]
    assert entry["input"] == "patches:0"
    assert list(entry["outputs"].items()) == [(o.name, f"{o.name}:0") for o in NAIL_PATCH.outputs]


def test_the_version_changes_with_any_byte_and_only_then(model: Path) -> None:
    first = written(model)["version"]
    assert first == written(model)["version"]
    assert len(first) == 16
    (model / "group1-shard2of2.bin").write_bytes(b"seconD")
    assert written(model)["version"] != first


def test_a_missing_shard_is_named(model: Path) -> None:
    (model / "group1-shard2of2.bin").unlink()
    with pytest.raises(ConversionError, match=r"group1-shard2of2\.bin does not exist"):
        written(model)


def test_a_signature_with_other_names_is_refused(model: Path) -> None:
    text = (model / "model.json").read_text()
    (model / "model.json").write_text(text.replace("output_2", "Identity_2"))
    with pytest.raises(ConversionError, match=r"outputs \['Identity_2'.*convert it again"):
        written(model)


@pytest.mark.parametrize("text", ["nail_patch", "nail_patch=folder", "nail_patch=:uint8"])
def test_another_form_of_the_argument_is_refused(text: str) -> None:
    with pytest.raises(ConversionError, match="NAME=DIR:DTYPE"):
        manifest.parse(text)


def test_an_unknown_model_brings_the_nearest_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["--out", str(tmp_path / "manifest.json"), "--model", "nail_pach=x:uint8"]
    assert cli.run(manifest.main, arguments) == 1
    assert "did you mean 'nail_patch'" in capsys.readouterr().err
