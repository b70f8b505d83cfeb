"""The networks keep the contract of models/spec.py and the budgets of the design."""

from pathlib import Path

import pytest
import torch

from models.networks import ExportWrapper, build, load, multiply_adds, save
from models.networks.blocks import depth_to_space
from models.spec import SPECS

BUDGET_MMAC = {
    **{"hand_detector": 30, "nail_heatmap": 80, "nail_patch": 14, "nail_patch_r6d": 14},
    **{"nail_rtdetr": 3000, "nail_rtdetr_full": 9000},
}
BUDGET_PARAMETERS = {"nail_rtdetr": 10_000_000, "nail_rtdetr_full": 10_000_000}
OF_OTHERS = 500_000
CASCADE = ("hand_detector", "nail_heatmap", "nail_patch", "nail_patch_r6d")


@pytest.mark.parametrize("name", SPECS)
def test_outputs_have_the_shapes_of_the_spec(name: str) -> None:
    spec = SPECS[name]
    network = ExportWrapper(build(spec.network or name)).eval()
    for shape in spec.gate_shapes:
        with torch.no_grad():
            outputs = network(torch.zeros(shape))
        assert len(outputs) == len(spec.outputs)
        for tensor, output in zip(spec.outputs, outputs, strict=True):
            assert len(output.shape) == len(tensor.shape), tensor.name
            assert all(want in (None, got) for want, got in zip(tensor.shape, output.shape, strict=True)), tensor.name


def test_heatmap_cells_follow_the_stride() -> None:
    spec = SPECS["nail_heatmap"]
    with torch.no_grad():
        heatmap, geometry, _ = ExportWrapper(build("nail_heatmap")).eval()(torch.zeros(1, 128, 192, 3))
    stride = int(spec.constants["stride"])
    assert heatmap.shape[1:3] == geometry.shape[1:3] == (128 // stride, 192 // stride)


@pytest.mark.parametrize("name", SPECS)
def test_networks_stay_in_their_budgets(name: str) -> None:
    network = build(SPECS[name].network or name)
    _, height, width, channels = SPECS[name].example_shape
    assert multiply_adds(network, (1, channels, height, width)) <= BUDGET_MMAC[name] * 1e6
    assert sum(p.numel() for p in network.parameters()) <= BUDGET_PARAMETERS.get(name, OF_OTHERS)


@pytest.mark.parametrize("name", CASCADE)
def test_committed_checkpoints_load_and_are_small(name: str, repo_root: Path) -> None:
    path = repo_root / "models" / "checkpoints" / f"{name}.safetensors"
    network = load(name, path)
    assert not network.training
    assert all(torch.isfinite(p).all() for p in network.parameters())
    assert path.with_suffix(".md").is_file(), "a checkpoint needs its model card"


def test_committed_checkpoints_are_small(repo_root: Path) -> None:
    sizes = {file.stem: file.stat().st_size for file in (repo_root / "models" / "checkpoints").glob("*.safetensors")}
    assert sizes.pop("nail_rtdetr") < 15_000_000
    assert sum(sizes.values()) < 4_000_000  # the cascade's


def test_a_checkpoint_survives_saving_and_loading(tmp_path: Path) -> None:
    network = build("nail_patch").eval()
    save(network, tmp_path / "x.safetensors")
    again = load("nail_patch", tmp_path / "x.safetensors")
    image = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        for ours, theirs in zip(network(image), again(image), strict=True):
            assert torch.allclose(ours, theirs, atol=2e-2)  # float16 weights


def test_another_networks_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    save(build("nail_patch"), tmp_path / "patch.safetensors")
    with pytest.raises(ValueError, match=r"patch\.safetensors is no checkpoint of nail_heatmap: "):
        load("nail_heatmap", tmp_path / "patch.safetensors")


def test_depth_to_space_is_onnx_dcr_and_its_gradient_is_right() -> None:
    x = torch.arange(8.0).reshape(1, 8, 1, 1)
    # DCR: depth is (block row, block column, channel).
    assert depth_to_space(x)[0, 0].tolist() == [[0, 2], [4, 6]]
    assert depth_to_space(x)[0, 1].tolist() == [[1, 3], [5, 7]]
    y = torch.rand(2, 8, 3, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(depth_to_space, (y,))
