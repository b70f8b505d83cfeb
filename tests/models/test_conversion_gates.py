"""Gates and kernel lists, without a framework."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.conversion import cli, kernels
from models.conversion.errors import ConversionError
from models.conversion.first_difference import distance, scope
from models.conversion.gate_inputs import gate_inputs
from models.conversion.gates import compare, largest_difference
from models.conversion.tfjs_gates import rounding_bound
from models.spec import NAIL_HEATMAP, NAIL_PATCH

ROOT = Path(__file__).parents[2]
LISTS = {
    "versions": {"@tensorflow/tfjs-core": "4.22.0"},
    "kernels": {"webgl": ["Add", "Einsum"], "wasm": ["Add"], "webgpu": ["Add", "Einsum"]},
    "common": ["Add"],
}


def test_kernels_are_read_from_the_installed_packages(tmp_path: Path) -> None:
    out = tmp_path / "kernels.json"
    kernels.main(["--node-modules", str(ROOT / "node_modules"), "--out", str(out)])
    found = json.loads(out.read_text())
    assert {"FusedConv2D", "FusedDepthwiseConv2D", "DepthToSpace", "_FusedMatMul"} <= set(found["common"])
    assert "Einsum" in found["kernels"]["webgl"]
    assert "Einsum" not in found["common"]


def test_a_missing_kernel_is_named_with_its_node_and_backend() -> None:
    trace = {"a": {"op": "AddV2", "kernels": ["Add"]}, "b": {"op": "Einsum", "kernels": ["Einsum"]}}
    with pytest.raises(ConversionError, match=r"node 'b' \(Einsum\) needs the kernel Einsum, which wasm lacks"):
        kernels.check(trace, LISTS)


def test_a_node_that_does_not_run_is_named() -> None:
    with pytest.raises(ConversionError, match=r"node 'a' \(Roll\) does not run: Unknown op"):
        kernels.check({"a": {"op": "Roll", "error": "Unknown op"}}, LISTS)


def test_missing_packages_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="run `npm ci`"):
        kernels.registered(tmp_path)


def test_gate_inputs_are_photos_in_every_gate_shape() -> None:
    for spec in (NAIL_HEATMAP, NAIL_PATCH):
        inputs = gate_inputs(spec, ROOT / "sdk_src/app/samples")
        assert {image.shape for image in inputs} == set(spec.gate_shapes)
        assert all(image.std() > 0.1 and np.abs(image).max() <= 2 for image in inputs)


def test_normalisation_is_the_specs(tmp_path: Path) -> None:
    Image.new("RGB", (90, 90), (255, 0, 51)).save(tmp_path / "plain.png")
    pixel = gate_inputs(NAIL_HEATMAP, tmp_path)[0][0, 0, 0]
    assert pixel == pytest.approx([(1 - 0.5) / 0.25, (0 - 0.5) / 0.25, (0.2 - 0.5) / 0.25])


def test_a_folder_without_photos_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="no photos in"):
        gate_inputs(NAIL_HEATMAP, tmp_path)


def test_not_a_number_and_other_shapes_are_infinitely_far() -> None:
    one = np.ones((2, 3), np.float32)
    assert largest_difference(one, one + np.float32(0.25)) == 0.25
    assert largest_difference(one, one * np.nan) == np.inf
    assert largest_difference(one, one.T) == np.inf


def test_an_output_that_is_missing_is_infinitely_far() -> None:
    one = np.ones((1, 2), np.float32)
    (found,) = compare(lambda _: {"mask": one}, lambda _: {"other": one}, [one])
    assert (found.tensor, found.value) == ("mask", np.inf)


def test_layers_are_compared_in_either_layout() -> None:
    nchw = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    assert distance(nchw, nchw.transpose(0, 2, 3, 1)) == 0
    assert distance(nchw, nchw[..., :2]) == np.inf


def test_module_paths_become_scopes() -> None:
    assert scope("net.stage4.0.1.2") == "net/stage4/stage4.0/stage4.0.1/stage4.0.1.2"
    assert scope("net.mix.body.0.0") == "net/mix/body/body.0/body.0.0"


def test_rounding_bounds_are_half_a_step() -> None:
    weight = np.array([-1.0, 0.0, 1.0], np.float32)
    assert rounding_bound(weight, "float16") == pytest.approx([2**-11, 2**-25, 2**-11])
    assert rounding_bound(weight, "uint8") == pytest.approx([1 / 255] * 3, rel=1e-3)


def test_a_missing_checkpoint_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from models.conversion import export_onnx

    arguments = ["--model", "nail_patch", "--checkpoint", str(tmp_path / "none"), "--out", str(tmp_path / "x.onnx")]
    assert cli.run(export_onnx.main, arguments) == 1
    assert "checkpoint of nail_patch not found" in capsys.readouterr().err
