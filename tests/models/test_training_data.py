"""What the training sees: nails measured from masks, and views that agree with the C++ core's sampler."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.data import augmentation as augment
from models.data.instances import describe
from models.data.photos import OUTSIDE, PhotoSet, load_photos
from models.evaluation.core import Core


def ellipse(height: int, width: int, x: float, y: float, along: float, across: float, angle: float) -> np.ndarray:
    """uint8 mask, 1 inside."""
    ys, xs = np.mgrid[:height, :width] + 0.5
    u = (xs - x) * math.cos(angle) + (ys - y) * math.sin(angle)
    v = -(xs - x) * math.sin(angle) + (ys - y) * math.cos(angle)
    return ((u / along) ** 2 + (v / across) ** 2 <= 1).astype(np.uint8)


@pytest.fixture
def photo_folder(tmp_path: Path) -> Path:
    """One photo, 300 x 200, with one nail of known geometry and finger."""
    mask = ellipse(200, 300, 120, 90, 30, 15, math.radians(30))
    picture = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    picture[mask > 0] = (200, 30, 60)
    for kind in ("images", "masks"):
        (tmp_path / "set" / kind).mkdir(parents=True)
    Image.fromarray(picture).save(tmp_path / "set/images/a.png")
    Image.fromarray(mask).save(tmp_path / "set/masks/a.png")
    direction = [-math.cos(math.radians(25)), -math.sin(math.radians(25))]
    row = {
        "id": "a",
        "nails": [{"label": 1}],
        "pseudo_fingers": [{"hand": 0, "finger": 2, "dir": direction, "cost": 0.2}],
    }
    (tmp_path / "meta.json").write_text(json.dumps([row]))
    return tmp_path


@pytest.fixture
def photos(photo_folder: Path) -> PhotoSet:
    return load_photos([photo_folder / "set"], photo_folder / "meta.json")


def test_a_nail_is_measured_along_its_masks_axis_with_the_pseudo_labels_sense(photos: PhotoSet) -> None:
    assert photos.present.sum() == 1
    assert photos.center[0, 0].tolist() == pytest.approx([120, 90], abs=0.3)
    assert photos.extent[0, 0].tolist() == pytest.approx([60, 30], abs=1.5)
    # The mask's axis (30 degrees), not the finger's (25), pointing the pseudo-label's way.
    expected = [-math.cos(math.radians(30)), -math.sin(math.radians(30))]
    assert photos.direction[0, 0].tolist() == pytest.approx(expected, abs=0.02)
    tip = np.array([120, 90]) + 30 * np.array(expected)
    assert photos.tip[0, 0].tolist() == pytest.approx(tip, abs=1.5)
    assert photos.finger[0, 0] == 2
    assert bool(photos.fingers_complete[0])


def test_an_unsure_pseudo_label_across_the_mask_is_not_believed() -> None:
    mask = ellipse(100, 100, 50, 50, 30, 12, 0.0)
    nail = describe(mask, 1, [20, 38, 80, 62], {"finger": 1, "dir": [0.0, 1.0], "cost": 0.5, "hand": 0})
    assert nail is not None
    assert (nail.finger, nail.direction_known, nail.axis_known) == (-1, False, False)


def test_a_speck_is_no_nail() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[3:6, 3:6] = 1
    assert describe(mask, 1, [3, 3, 6, 6], None) is None


def test_a_photo_without_mask_is_named(photo_folder: Path) -> None:
    (photo_folder / "set/masks/a.png").unlink()
    with pytest.raises(ValueError, match="1 photos have no mask, the first: a"):
        load_photos([photo_folder / "set"], photo_folder / "meta.json")


@pytest.mark.parametrize(("scale", "taps"), [(0.7, 1), (1.6, 2)])
def test_views_are_what_the_core_samples(photos: PhotoSet, scale: float, taps: int) -> None:
    affine = augment.similarity(
        torch.tensor([scale]),
        torch.tensor([0.4]),
        torch.ones(1),
        torch.tensor([[120.0, 90.0]]),
        torch.tensor([[32.0, 32.0]]),
    )
    seen = augment.view(photos, torch.tensor([0]), affine, 64, taps)
    rgb = photos.pixels[0, :200, :300, :3].numpy()
    rgba = np.ascontiguousarray(np.concatenate([rgb, np.full((200, 300, 1), 255, np.uint8)], 2))
    core = Core().sample(rgba, affine.reshape(1, 6).numpy(), (64, 64), "nail_patch")[0]
    ours = augment.normalise(seen.image)[0].permute(1, 2, 0).numpy()
    assert np.abs(ours - core).max() < 2e-3


def test_masks_move_with_the_picture(photos: PhotoSet) -> None:
    affine = augment.similarity(
        torch.tensor([0.9]), torch.tensor([1.0]), -torch.ones(1), photos.center[0, :1], torch.tensor([[32.0, 32.0]])
    )
    seen = augment.view(photos, torch.tensor([0]), affine, 64, label=torch.tensor([1], dtype=torch.uint8))
    red = (seen.image[0, 0] > 0.6) & (seen.image[0, 1] < 0.3)
    inside = seen.nail[0] > 0.5
    assert (red & inside).sum() / inside.sum() > 0.95
    tip = augment.apply(augment.invert(affine), photos.tip[:1, :1])[0, 0]
    column, row = (tip - (tip - 32) * 0.1).long().tolist()
    assert inside[row, column]


def test_outside_the_photo_is_the_normalised_zero(photos: PhotoSet) -> None:
    affine = torch.tensor([[[1.0, 0, 290], [0, 1, 0]]])
    seen = augment.view(photos, torch.tensor([0]), affine, 64)
    assert photos.pixels[0, 0, 310, 3] == OUTSIDE
    assert augment.normalise(seen.image)[0, :, :, 20:].abs().max() == 0
    assert seen.inside[0, :, 20:].max() == 0


def test_an_affine_and_its_inverse_cancel() -> None:
    affine = augment.similarity(
        torch.tensor([2.0]), torch.tensor([0.3]), -torch.ones(1), torch.tensor([[5.0, 6.0]]), torch.tensor([[1.0, 2.0]])
    )
    points = torch.rand(1, 7, 2) * 100
    assert torch.allclose(augment.apply(augment.invert(affine), augment.apply(affine, points)), points, atol=1e-4)
