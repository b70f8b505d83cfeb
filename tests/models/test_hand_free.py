"""Hand-free pictures are cut beside the hands, and can be trained on."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.data.photos import load_photos
from models.evaluation.hand_free import main, strip
from models.evaluation.negatives import negative_photos


@pytest.fixture
def hands(tmp_path: Path) -> list[str]:
    """Two photos, left of x = 200 white: one with a hand on the right, one full of hand."""
    (tmp_path / "photos" / "images").mkdir(parents=True)
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[:, :200] = 255
    boxes = {"right": [[220, 40, 390, 280]], "full": [[20, 20, 380, 290]]}
    for name in boxes:
        Image.fromarray(pixels).save(tmp_path / "photos" / "images" / f"{name}.png")
    meta = tmp_path / "meta.json"
    meta.write_text(json.dumps([{"id": name, "boxes_xyxy": box} for name, box in boxes.items()]))
    return ["--data", str(tmp_path / "photos"), "--meta", str(meta), "--out", str(tmp_path / "out")]


def test_the_largest_strip_beside_the_hand_is_cut_out(hands: list[str], tmp_path: Path) -> None:
    assert main(hands) == 0
    (cut,) = negative_photos(tmp_path / "out")
    with Image.open(cut) as picture:
        assert picture.size == (212, 300)  # 8 px from the box
        assert np.asarray(picture)[:, :200].min() == 255


def test_a_narrow_strip_is_left_out() -> None:
    assert strip((400, 300), [[90, 90, 310, 210]]) is None


def test_training_takes_them_as_photos_without_nails(hands: list[str], tmp_path: Path) -> None:
    assert main(hands) == 0
    meta = tmp_path / "nails.json"
    meta.write_text("[]")
    photos = load_photos([tmp_path / "out"], meta)
    assert photos.ids == ["right"]
    assert not photos.present.any()
    assert photos.fingers_complete.all()
    assert photos.size.tolist() == [[212, 300]]
