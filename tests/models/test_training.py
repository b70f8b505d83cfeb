"""Training: the losses fall, a run can be resumed, the result loads; on two real photos and the CPU."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.losses import dice, heatmap_focal, keypoint_cross_entropy
from models.networks import load
from models.training import parallel
from models.training.pictures import write_curves
from models.training.recipe import recipes


@pytest.fixture(scope="module")
def tiny_set(tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> Path:
    """Two of the samples as a data set. Nothing that is trained on them is kept."""
    folder = tmp_path_factory.mktemp("photos")
    samples = repo_root / "sdk_src" / "app" / "samples"
    masks = repo_root / "tests" / "data" / "samples" / "masks"
    for kind in ("images", "masks"):
        (folder / "train" / kind).mkdir(parents=True)
    for photo in sorted(samples.glob("*.jpg"))[:2]:
        (folder / "train/images" / photo.name).write_bytes(photo.read_bytes())
        (folder / "train/masks" / f"{photo.stem}.png").write_bytes((masks / f"{photo.stem}.png").read_bytes())
    (folder / "meta.json").write_text(json.dumps([]))
    return folder


def train(repo_root: Path, data: Path, network: str, out: Path, *more: str, processes: int = 1) -> str:
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"] if processes > 1 else []
    command = [
        sys.executable,
        *several,
        "-m",
        "models.training",
        network,
        "--data",
        data,
        "--train",
        "train",
        "--val",
        "train",
    ]
    command += ["--out", out, "--device", "cpu", "--batch", "4", *more]
    done = subprocess.run(
        [str(c) for c in command], cwd=repo_root, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_patch_training_can_be_stopped_and_resumed(repo_root: Path, tiny_set: Path, tmp_path: Path) -> None:
    train(repo_root, tiny_set, "nail_patch", tmp_path, "--steps", "6", "--minutes", "0")
    assert torch.load(tmp_path / "nail_patch.state.pt", weights_only=True)["step"] == 0
    out = train(
        repo_root, tiny_set, "nail_patch", tmp_path, "--steps", "6", "--resume", str(tmp_path / "nail_patch.state.pt")
    )
    assert "val IoU of masks in the true boxes" in out
    assert torch.load(tmp_path / "nail_patch.state.pt", weights_only=True)["step"] == 6
    load("nail_patch", tmp_path / "nail_patch.safetensors")


def test_a_heatmap_training_runs_and_feeds_hard_negatives(repo_root: Path, tiny_set: Path, tmp_path: Path) -> None:
    assert "val recall of peaks over 0.2" in train(repo_root, tiny_set, "nail_heatmap", tmp_path, "--steps", "3")
    heatmap = str(tmp_path / "nail_heatmap.safetensors")
    assert "mined" in train(repo_root, tiny_set, "nail_patch", tmp_path, "--steps", "2", "--heatmap", heatmap)


def test_a_teacher_teaches_with_and_without_labels(repo_root: Path, tiny_set: Path, tmp_path: Path) -> None:
    train(repo_root, tiny_set, "nail_heatmap_teacher", tmp_path, "--steps", "1", "--minutes", "0")
    teacher = ["--teacher", str(tmp_path / "nail_heatmap_teacher.safetensors")]
    out = train(repo_root, tiny_set, "nail_heatmap", tmp_path, "--steps", "4", *teacher, "--unlabelled", "train")
    assert "step 4 val" in out
    assert (tmp_path / "nail_heatmap.examples.jpg").stat().st_size > 1000


def test_two_processes_train_one_network(repo_root: Path, tiny_set: Path, tmp_path: Path) -> None:
    train(repo_root, tiny_set, "nail_patch", tmp_path, "--steps", "2", processes=2)
    assert torch.load(tmp_path / "nail_patch.state.pt", weights_only=True)["step"] == 2


def test_gradients_are_averaged_over_processes(tmp_path: Path) -> None:
    from torch.multiprocessing.spawn import spawn

    spawn(_average, args=(str(tmp_path / "meeting"),), nprocs=2)


def _average(rank: int, meeting: str) -> None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    net = torch.nn.Linear(2, 1)
    for number, parameter in enumerate(net.parameters()):
        parameter.grad = torch.full_like(parameter, rank + number)
    parallel.average_gradients(net)
    for number, parameter in enumerate(net.parameters()):
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, torch.full_like(parameter, 0.5 + number))
    torch.distributed.destroy_process_group()


def test_curves_are_drawn_and_single_points_left_out(tmp_path: Path) -> None:
    write_curves({"loss": [(1, 2.0), (2, 1.0)], "val": [(2, 0.5)]}, tmp_path / "curves.svg")
    drawn = (tmp_path / "curves.svg").read_text()
    assert "loss: 1 at step 2" in drawn
    assert "val" not in drawn


def test_a_recipe_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recipes.toml").write_text("[net]\nsteps = 1\nlearning_rate = 0.1\nmomentum = 0.9\n")
    with pytest.raises(TypeError, match="momentum"):
        recipes(tmp_path / "recipes.toml")


def test_an_rtdetr_training_follows_the_clock_and_can_begin_from_its_weights(
    repo_root: Path, tiny_set: Path, tmp_path: Path
) -> None:
    few = ("--batch", "2", "--renders", "train")
    relabelled = ("--relabel", str(repo_root / "models/checkpoints/nail_patch.safetensors"), "--no-denoising")
    out = train(repo_root, tiny_set, "nail_rtdetr", tmp_path, "--steps", "2", *relabelled, *few)
    assert "nails with the masks of nail_patch" in out
    assert "val roi mask IoU" in out
    state = torch.load(tmp_path / "nail_rtdetr.state.pt", weights_only=True)
    assert state["step"] == 2
    assert state["seconds"] > 0
    weights = str(tmp_path / "nail_rtdetr.safetensors")
    again = train(
        repo_root,
        tiny_set,
        "nail_rtdetr",
        tmp_path / "b",
        "--whole-minutes",
        "3",
        "--start",
        weights,
        "--spent",
        "3",
        *few,
    )
    assert "val full recall" in again
    assert torch.load(tmp_path / "b" / "nail_rtdetr.state.pt", weights_only=True)["seconds"] == 180


def test_dice_is_0_for_the_truth_and_near_1_for_its_opposite() -> None:
    target = torch.zeros(1, 8, 8)
    target[:, 2:6, 2:6] = 1
    logits = (target * 2 - 1) * 20
    everywhere = torch.ones_like(target)
    assert dice(logits, target, everywhere).item() == pytest.approx(0, abs=1e-4)
    assert dice(-logits, target, everywhere).item() > 0.9


def test_focal_loss_prefers_a_peak_at_the_centre() -> None:
    positive = torch.zeros(1, 9, 9)
    positive[0, 4, 4] = 1
    distance = (torch.arange(9.0) - 4) ** 2
    target = torch.exp(-(distance[:, None] + distance[None]) / 2)[None]
    right, wrong = target * 8 - 4, target.roll(3, 2) * 8 - 4
    assert heatmap_focal(right, target, positive) < heatmap_focal(wrong, target, positive)


def test_keypoint_loss_is_least_at_the_targets_own_logarithm() -> None:
    target = torch.softmax(torch.randn(2, 2, 64), 2).view(2, 2, 8, 8)
    best = keypoint_cross_entropy(target.log(), target)
    entropy = -(target * target.log()).sum((2, 3))
    assert torch.allclose(best, entropy, atol=1e-5)
    assert (keypoint_cross_entropy(torch.randn(2, 2, 8, 8), target) > best).all()
