"""The edge cases: the same in every run and every process, and each what its name says."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.evaluation.degradations import DEGRADATIONS, NOISE_SIGMA, degrade, degraded_photos
from models.evaluation.edge_cases import losses
from models.evaluation.metrics import Summary
from models.evaluation.photos import pair
from tests.conftest import MASKS, PHOTOS

RANDOM = ("low light", "motion blur", "sensor noise", "colour cast")


def picture() -> np.ndarray:
    """A gradient with a bright square: uint8 [48, 64, 3]."""
    y, x = np.mgrid[:48, :64]
    rgb = np.stack([x * 3, y * 4, 255 - x * 2], axis=-1).astype(np.uint8)
    rgb[20:28, 28:36] = 250
    return rgb


def digest(name: str, photo: str = "hand") -> str:
    return hashlib.sha256(degrade(picture(), name, photo).tobytes()).hexdigest()


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_shape_and_type_stay_and_the_photo_is_not_touched(name: str) -> None:
    rgb = picture()
    degraded = degrade(rgb, name, "hand")
    assert degraded.shape == rgb.shape
    assert degraded.dtype == np.uint8
    assert (rgb == picture()).all()
    assert (degraded != rgb).any()


def test_another_process_makes_the_same_pictures() -> None:
    code = (
        "from models.evaluation.degradations import DEGRADATIONS\n"
        "from tests.models.test_evaluation_degradations import digest\n"
        "print(*[digest(name) for name in DEGRADATIONS])"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert said.split() == [digest(name) for name in DEGRADATIONS]


@pytest.mark.parametrize("name", RANDOM[:3])
def test_another_photo_gets_other_chance(name: str) -> None:
    assert digest(name, "hand") != digest(name, "other")


def test_three_casts_are_drawn() -> None:
    assert len({digest("colour cast", str(k)) for k in range(30)}) == 3


def test_low_light_is_a_tenth_of_the_light() -> None:
    white = np.full((200, 200, 3), 255, np.uint8)
    # 100 photons a pixel in the mean: 0.1 in linear light is 89 of 255.
    assert degrade(white, "low light", "a").mean() == pytest.approx(89, abs=1)


def test_noise_has_its_sigma() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    assert degrade(grey, "sensor noise", "a").astype(float).std() == pytest.approx(NOISE_SIGMA, rel=0.02)


def test_blur_keeps_an_even_surface_and_spreads_a_point_along_a_line() -> None:
    even = np.full((100, 100, 3), 180, np.uint8)
    assert (degrade(even, "motion blur", "a") == 180).all()
    point = np.zeros((401, 401, 3), np.uint8)
    point[200, 200] = 255
    rows, columns = np.nonzero(degrade(point, "motion blur", "a")[..., 0])
    # 3 % of 401 px: a stroke of 12 px.
    assert np.hypot(np.ptp(rows), np.ptp(columns)) == pytest.approx(12, abs=3)
    assert abs(rows.mean() - 200) < 0.5
    assert abs(columns.mean() - 200) < 0.5


def test_half_resolution_loses_single_pixels() -> None:
    stripes = np.zeros((40, 40, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(degrade(stripes, "half resolution", "a")) <= 1


def test_files_keep_their_names_and_masks(tmp_path: Path) -> None:
    photos = pair(PHOTOS, MASKS)[:1]
    (made,) = degraded_photos(photos, "JPEG 30", tmp_path / "made")
    assert (made.name, made.mask) == (photos[0].name, photos[0].mask)
    assert Image.open(made.image).size == Image.open(made.mask).size


def test_losses_are_points_and_a_missing_figure_is_none() -> None:
    nan = float("nan")
    clean = Summary(0.8, 0.86, 0.7, 0.9, 0.9, 0.9, 12, 12, 60, 60)
    degraded = Summary(0.75, nan, nan, 0.0, 0.92, 0.9, 12, 12, 60, 0)
    lost = losses(clean, degraded)
    assert lost["image_iou"] == pytest.approx(5)
    assert lost["matched_iou"] is None
    assert lost["precision"] == pytest.approx(-2)
    assert lost["ap50"] == 0
