"""Rotations of renders: in the frame of a patch, mirrored or not, and in a training on the CPU."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch

from models.data import augmentation as augment
from models.data.renders.__main__ import main as draw_renders
from models.networks import build, load
from models.spec import NAIL_PATCH_R6D
from models.training.__main__ import main as train_network
from models.training.rotation import degrees_between, in_patch, load_renders, matrix, median_error


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Namespace:
    folder = tmp_path_factory.mktemp("renders")
    draw_renders(["--count", "5", "--size", "192", "--seed", "3", "--processes", "1", "--out", f"{folder}/renders.tar"])
    (folder / "meta.json").write_text("[]")
    return Namespace(data=folder, limit=None, device="cpu")


def some_rotations() -> torch.Tensor:
    torch.manual_seed(0)
    return matrix(torch.randn(50, 6))


def test_columns_are_orthonormal_and_right_handed() -> None:
    frames = some_rotations()
    torch.testing.assert_close(frames @ frames.transpose(1, 2), torch.eye(3).expand(50, 3, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.linalg.det(frames), torch.ones(50))


def test_distance_is_the_angle_of_the_turn_between() -> None:
    frames = some_rotations()
    angle = torch.tensor(0.3)
    turn = torch.tensor([[angle.cos(), -angle.sin(), 0], [angle.sin(), angle.cos(), 0], [0, 0, 1]])
    expected = torch.rad2deg(angle).expand(50)
    torch.testing.assert_close(degrees_between(turn @ frames, frames), expected, atol=0.05, rtol=0)


@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_a_patch_turns_and_mirrors_the_axis_with_the_picture_and_keeps_the_depth(flip: float) -> None:
    frames = some_rotations()
    angle, scale = torch.linspace(-3, 3, 50), torch.full((50,), 0.7)
    middle = torch.full((50, 2), 32.0)
    affine = augment.similarity(scale, angle, torch.full((50,), flip), torch.full((50, 2), 100.0), middle)
    six = torch.cat([frames[:, :, 0], frames[:, :, 1]], 1)
    seen = matrix(in_patch(six, affine))
    # An arrow along the nail, drawn in the photo and looked up in the patch.
    ends = torch.stack([torch.full((50, 2), 100.0), 100 + 10 * frames[:, :2, 0]], 1)
    drawn = augment.apply(augment.invert(affine), ends)
    torch.testing.assert_close((drawn[:, 1] - drawn[:, 0]) * 0.7 / 10, seen[:, :2, 0], atol=1e-4, rtol=0)
    torch.testing.assert_close(seen[:, 2, 0], frames[:, 2, 0], atol=1e-5, rtol=0)
    torch.testing.assert_close(seen[:, 2, 2], frames[:, 2, 2], atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.linalg.det(seen), torch.ones(50))


def test_rotations_of_renders_agree_with_the_directions_of_their_masks(renders: Namespace) -> None:
    photos, rotations = load_renders(renders, "renders.tar")
    known = photos.present & photos.direction_known & (rotations[..., :2].norm(dim=2) > 0.7)
    assert known.sum() >= 4
    axis = torch.nn.functional.normalize(rotations[..., :2][known], dim=1)
    # The labels' axis is as seen straight on, the mask's has the perspective of its place.
    assert float((axis * photos.direction[known]).sum(1).median()) > 0.97


def test_the_network_keeps_the_contract_and_trains(
    renders: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = build("nail_patch_r6d").eval()(torch.zeros(2, 3, 64, 64))
    assert len(outputs) == len(NAIL_PATCH_R6D.outputs)
    assert outputs[3].shape == (2, 6)
    (renders.data / "meta.json").write_text((renders.data / "renders.json").read_text())

    def train(network: str, *more: str) -> str:
        command = ["training", network, "--data", str(renders.data), "--out", str(tmp_path), "--device", "cpu"]
        command += ["--train", "renders.tar", "--val", "renders.tar", "--renders", "renders.tar", "--batch", "4"]
        monkeypatch.setattr("sys.argv", [*command, *more])
        train_network()
        return capsys.readouterr().out

    out = train("nail_patch_r6d", "--renders-val", "renders.tar", "--steps", "3", "--render-share", "0.7")
    assert "median rotation error in degrees, renders" in out
    net = load("nail_patch_r6d", tmp_path / "nail_patch_r6d.safetensors")
    assert 0 < median_error(net, *load_renders(renders, "renders.tar")) < 180
    assert "val recall" in train("nail_heatmap", "--steps", "2")
