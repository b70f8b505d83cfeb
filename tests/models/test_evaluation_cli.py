"""The command lines: what they refuse, and in which words."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.evaluation import __main__ as evaluation
from models.evaluation import gate, paint, serve
from models.evaluation.metrics import Summary
from models.evaluation.photos import at_scored_size, read_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to score: one 60x40 photo and its mask."""
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    Image.new("RGB", (60, 40), "tan").save(tmp_path / "images" / "hand.jpg")
    Image.new("L", (60, 40)).save(tmp_path / "masks" / "hand.png")
    return tmp_path


def refusal(data: Path, capsys: pytest.CaptureFixture[str], via: str = "torch", *more: str) -> str:
    """What the evaluation says when it refuses."""
    assert evaluation.main(["--data", str(data), "--engine", "cascade", "--via", via, *more]) == 1
    return " ".join(capsys.readouterr().err.split())


def test_a_missing_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"no such folder: {tmp_path / 'none'}" in refusal(tmp_path / "none", capsys)


def test_a_folder_without_masks_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "masks" / "hand.png").unlink()
    (folder / "masks").rmdir()
    assert f"no such folder: {folder / 'masks'}" in refusal(folder, capsys)


def test_a_folder_without_photos_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "images" / "hand.jpg").unlink()
    assert "no photo in" in refusal(folder, capsys)


def test_a_photo_without_mask_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "masks" / "hand.png").unlink()
    assert "hand.jpg has no mask" in refusal(folder, capsys)


def test_a_mask_of_another_size_is_named_with_both_sizes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("L", (40, 60)).save(folder / "masks" / "hand.png")
    said = refusal(folder, capsys)
    assert "hand.png is 40x60, its photo 60x40" in said


def test_a_mask_in_colour_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (60, 40)).save(folder / "masks" / "hand.png")
    assert "mode RGB" in refusal(folder, capsys)


def test_a_file_that_is_no_image_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "images" / "hand.jpg").write_bytes(b"no image")
    assert "hand.jpg cannot be read as an image" in refusal(folder, capsys)


def test_an_unbuilt_dist_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "run `scons dist` first" in refusal(folder, capsys, "dist", "--dist", str(folder / "dist"))


def test_a_missing_checkpoint_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "hand_detector.safetensors" in refusal(folder, capsys, "torch", "--checkpoints", str(folder))


@pytest.mark.parametrize(
    ("option", "says"),
    [("--meta", "no list of photos"), ("--negatives", "no photo in"), ("--beside", "no record of this evaluation")],
)
def test_what_cannot_be_used_is_named(folder: Path, capsys: pytest.CaptureFixture[str], option: str, says: str) -> None:
    given = folder / "given"
    if option == "--negatives":
        given.mkdir()
    else:
        given.write_text("[3]")
    said = refusal(folder, capsys, "torch", option, str(given))
    assert says in said
    assert str(given) in said


def test_png_photos_and_turned_photos_are_taken(folder: Path) -> None:
    Image.new("RGB", (30, 20)).save(folder / "images" / "other.png")
    Image.new("L", (30, 20)).save(folder / "masks" / "other.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn: 60x40 in the file, 40x60 on the screen
    Image.new("RGB", (60, 40)).save(folder / "images" / "turned.jpg", exif=exif)
    Image.new("L", (40, 60)).save(folder / "masks" / "turned.png")
    assert [photo.name for photo in read_folder(folder)] == ["hand", "other", "turned"]


def test_masks_are_scored_at_432_px_and_never_enlarged() -> None:
    labels = np.zeros((1024, 576), np.uint8)
    labels[512:, :288] = 3
    scaled = at_scored_size(labels)
    assert scaled.shape == (432, 243)
    assert (scaled[216:, :121] == 3).all()
    assert (scaled == 3).sum() == pytest.approx((labels == 3).sum() * (432 / 1024) ** 2, rel=0.01)
    small = np.zeros((40, 60), np.uint8)
    assert at_scored_size(small) is small


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--photo": "nobody.jpg"}, "no such photo: nobody.jpg"),
        ({"--color": "red"}, "'red' is no colour"),
        ({"--color": "#12345"}, "'#12345' is no colour"),
        ({"--out": "painted.gif"}, "must end in .png"),
        ({"--out": "nowhere/painted.png"}, "no such folder"),
        ({"--dist": "nowhere"}, "run `scons dist` first"),
    ],
)
def test_paint_says_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], says: str
) -> None:
    given = {"--photo": str(folder / "images" / "hand.jpg"), "--out": str(folder / "painted.png"), "--color": "#8a0f2c"}
    arguments = [word for pair in {"--dist": str(folder), **given, **changed}.items() for word in pair]
    assert paint.main(arguments) == 1
    assert says in capsys.readouterr().err


def test_serve_wants_a_built_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve.main(["--dist", str(tmp_path)]) == 1
    assert "run `scons dist` first" in capsys.readouterr().err


def summary(image_iou: float, matched_iou: float) -> Summary:
    return Summary(image_iou, matched_iou, 0.7, 0.9, 0.9, 0.9, 12, 12, 60, 60)


def test_the_gate_tells_the_figures_and_the_bound() -> None:
    assert gate.compare(summary(0.8, 0.86), summary(0.8029, 0.8571), 0.3) == []
    (failure,) = gate.compare(summary(0.8, 0.86), summary(0.7960, 0.8571), 0.3)
    assert failure == "image_iou is 0.7960, PyTorch has 0.8000: 0.40 points apart, bound 0.3 points"


def test_the_gate_does_not_pass_a_figure_that_is_missing() -> None:
    nan = float("nan")
    assert len(gate.compare(summary(0.8, 0.86), summary(0.8, nan), 0.3)) == 1
    assert len(gate.compare(summary(0.8, nan), summary(0.8, nan), 0.3)) == 1
