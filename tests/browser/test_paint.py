"""A photo goes in, polish comes out at the right places, through the built SDK."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import binary_dilation

from models.evaluation.dist_session import DistSession
from models.evaluation.raster import rasterise
from tests.browser.pictures import changed, iou, pixels
from tests.conftest import PHOTOS, Sample

# The networks have an image-level nail IoU of about 0.8 on other hands; these photos are no harder.
MEAN_IOU = 0.75
LEAST_IOU = 0.50
RED, GREEN = (138, 15, 44), (20, 160, 70)


def hexadecimal(rgb: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def painted_places(session: DistSession, sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where pixels changed, where the reported nails are, where the labels say that nails are."""
    png, nails = session.paint(sample.photo.read_bytes(), {"color": hexadecimal(RED), "finish": "cream"})
    truth = sample.labels() > 0
    return changed(sample.photo, pixels(png)), rasterise(nails, *truth.shape) > 0, truth


def test_polish_is_where_the_nails_are(shared_session: DistSession, samples: list[Sample]) -> None:
    found = {}
    for sample in samples:
        places, _, truth = painted_places(shared_session, sample)
        found[sample.name] = iou(places, truth)
    print({name: round(value, 3) for name, value in found.items()})
    assert np.mean(list(found.values())) >= MEAN_IOU
    assert min(found.values()) >= LEAST_IOU


def test_only_the_reported_nails_are_painted(shared_session: DistSession, samples: list[Sample]) -> None:
    for sample in samples[::3]:
        places, nails, _ = painted_places(shared_session, sample)
        assert iou(places, nails) > 0.85, sample.name
        # The soft edge may reach two pixels further than the half-way line.
        assert not (places & ~binary_dilation(nails, iterations=2)).any(), sample.name


@pytest.mark.parametrize("finish", ["cream", "gloss", "matte"])
def test_another_colour_paints_the_same_nails_in_that_colour(
    shared_session: DistSession, samples: list[Sample], finish: str
) -> None:
    sample = samples[0]
    photo = sample.photo.read_bytes()
    means = []
    for color in (RED, GREEN):
        png, nails = shared_session.paint(photo, {"color": hexadecimal(color), "finish": finish})
        inside = rasterise(nails, *sample.labels().shape) > 0
        means.append(pixels(png)[inside].mean(axis=0))
    red, green = means
    assert red[0] > red[1] + 30
    assert green[1] > green[0] + 30


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    """Nearly lossless, so that the nails stay the same."""
    image.save(path, quality=98, subsampling=0, **options)
    return path


def test_a_photo_larger_than_the_working_size_is_painted_at_its_own(
    shared_session: DistSession, samples: list[Sample], tmp_path: Path
) -> None:
    sample = samples[-1]
    image = Image.open(sample.photo)
    double = (image.width * 2, image.height * 2)
    photo = saved(image.resize(double, Image.Resampling.BICUBIC), tmp_path / "large.jpg")
    truth = np.asarray(Image.open(sample.mask).resize(double, Image.Resampling.NEAREST)) > 0
    png, _ = shared_session.paint(photo.read_bytes(), {"color": hexadecimal(RED), "finish": "cream"})
    assert iou(changed(photo, pixels(png)), truth) >= LEAST_IOU


def test_a_photo_turned_by_exif_is_painted_upright(
    shared_session: DistSession, samples: list[Sample], tmp_path: Path
) -> None:
    sample = samples[0]
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by a quarter
    image = Image.open(sample.photo).transpose(Image.Transpose.ROTATE_90)
    photo = saved(image, tmp_path / "turned.jpg", exif=exif)
    png, nails = shared_session.paint(photo.read_bytes(), {"color": hexadecimal(RED), "finish": "cream"})
    truth = sample.labels() > 0
    assert iou(changed(photo, pixels(png)), truth) >= LEAST_IOU
    assert iou(rasterise(nails, *truth.shape) > 0, truth) >= LEAST_IOU


def test_a_photo_without_hands_is_left_as_it_is(shared_session: DistSession, tmp_path: Path) -> None:
    path = tmp_path / "sky.png"
    Image.linear_gradient("L").resize((320, 240)).convert("RGB").save(path)
    png, nails = shared_session.paint(path.read_bytes(), {"color": "#8a0f2c", "finish": "gloss"}, "image/png")
    assert nails == []
    assert not changed(path, pixels(png)).any()


def test_the_command_line_paints(dist_dir: Path, tmp_path: Path, repo_root: Path) -> None:
    photo, out = next(PHOTOS.glob("*.jpg")), tmp_path / "painted.png"
    arguments = ["--dist", dist_dir, "--photo", photo, "--out", out, "--color", "#8a0f2c", "--finish", "matte"]
    done = subprocess.run(
        [sys.executable, "-m", "models.evaluation.paint", *map(str, arguments)],
        cwd=repo_root, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "painted #8a0f2c, matte" in done.stdout
    assert changed(photo, pixels(out.read_bytes())).any()
