"""Polish on known masks: right colour, whole nail, no skin, no staircase, the same with and without WebGL."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page
from scipy import ndimage

from tests.conftest import Sample
from tests.sdk.gt_nails import data_url, nails_from_labels

RED = (0x8A, 0x0F, 0x2C)
Paint = Callable[..., np.ndarray]


@pytest.fixture
def paint(page: Page, page_bundle: Callable[[str], Path]) -> Paint:
    """`paint(photo, nails, webgl=True, color=…, finish=…, opacity=…)`: uint8 [H, W, 3]."""
    page.goto("about:blank")
    page.add_script_tag(path=page_bundle("renderer"))

    def run(photo: Image.Image, nails: list[dict[str, Any]], *, webgl: bool = True, **polish: Any) -> np.ndarray:
        wanted = {"color": "#8a0f2c", "finish": "cream", "opacity": 1, **polish}
        url = page.evaluate("(a) => paint(...a)", [data_url(photo), nails, wanted, webgl])
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))

    return run


def photo_of(sample: Sample, scale: int = 1) -> Image.Image:
    with Image.open(sample.photo) as photo:
        return photo.convert("RGB").resize((photo.width * scale, photo.height * scale), Image.Resampling.BICUBIC)


def grey_scene(level: int = 186) -> tuple[Image.Image, np.ndarray]:
    """A flat grey picture with one elliptic nail; 186 is half of white in linear light."""
    y, x = np.mgrid[0:300, 0:300]
    labels = (((x - 150) / 40) ** 2 + ((y - 150) / 60) ** 2 < 1).astype(np.uint8)
    return Image.new("RGB", (300, 300), (level,) * 3), labels


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
@pytest.mark.parametrize("color", ["#8a0f2c", "#f2c1cf", "#0b6b5f", "#101010", "#f4f1ea"])
def test_matte_has_the_exact_colour_under_neutral_light(paint: Paint, color: str, webgl: bool) -> None:
    photo, labels = grey_scene()
    painted = paint(photo, nails_from_labels(labels), webgl=webgl, color=color, finish="matte")
    middle = painted[130:170, 135:165].reshape(-1, 3)
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    assert np.abs(middle - np.array(wanted)).max() <= 2


@pytest.mark.parametrize("finish", ["cream", "gloss", "matte"])
def test_the_whole_nail_and_no_skin(paint: Paint, samples: list[Sample], finish: str) -> None:
    for sample in samples[::4]:
        photo, labels = photo_of(sample), sample.labels()
        changed = np.abs(paint(photo, nails_from_labels(labels), finish=finish).astype(int) - np.asarray(photo)).max(2)
        nail = labels > 0
        assert (changed[ndimage.distance_transform_edt(~nail) > 1.5] == 0).all(), sample.name
        assert (changed[ndimage.distance_transform_edt(nail) > 1.5] > 0).mean() > 0.995, sample.name


@pytest.mark.parametrize("finish", ["cream", "gloss", "matte"])
def test_without_webgl_it_looks_the_same(paint: Paint, samples: list[Sample], finish: str) -> None:
    for sample in samples[::4]:
        photo, nails = photo_of(sample, 2), nails_from_labels(sample.labels(), 2)
        difference = np.abs(
            paint(photo, nails, finish=finish).astype(int) - paint(photo, nails, finish=finish, webgl=False)
        ).max(2)
        painted = difference[np.kron(sample.labels(), np.ones((2, 2))) > 0]
        assert painted.mean() < 1.5, sample.name
        assert np.percentile(painted, 99) <= 12, sample.name


def test_finishes_differ_in_their_highlight(paint: Paint) -> None:
    photo, labels = grey_scene()
    inner = ndimage.binary_erosion(labels, iterations=4)
    brightest = {
        finish: paint(photo, nails_from_labels(labels), finish=finish)[inner].sum(1).max()
        for finish in ("gloss", "cream", "matte")
    }
    assert brightest["gloss"] > brightest["cream"] + 60 > brightest["matte"] + 60


def test_shading_of_the_photo_stays(paint: Paint) -> None:
    """A nail half in shadow is painted half in shadow."""
    photo, labels = grey_scene()
    lit = np.asarray(photo).copy()
    lit[:, 150:] = 130
    painted = paint(Image.fromarray(lit), nails_from_labels(labels), finish="cream").astype(int)
    assert painted[120:180, 120:135].mean() > painted[120:180, 165:180].mean() + 8


def test_opacity_mixes_with_the_nail(paint: Paint) -> None:
    photo, labels = grey_scene()
    nails = nails_from_labels(labels)
    half = paint(photo, nails, finish="matte", opacity=0.5)[150, 150].astype(int)
    assert np.abs(half - (np.array(RED) + 186) / 2).max() <= 2
    assert (paint(photo, nails, opacity=0) == np.asarray(photo)).all()


def test_an_enlarged_mask_has_no_staircase(paint: Paint) -> None:
    """At 8 output pixels a mask pixel, the edge of a disc stays a circle within a quarter of a mask pixel."""
    y, x = np.mgrid[0:120, 0:120] + 0.5
    distance = np.hypot(x - 60, y - 60)
    nail = nails_from_labels((distance < 20).astype(np.uint8), 10)[0]
    grid = np.arange(64) + 0.5
    pixel = np.hypot(*nail["mask"]["transform"][:2])
    radius = 200 / pixel
    soft = np.clip(radius - np.hypot(grid - 32, grid[:, None] - 32) + 0.5, 0, 1)
    nail["mask"]["data"] = (soft * 255).round().astype(int).ravel().tolist()
    photo = Image.new("RGB", (1200, 1200), (186,) * 3)
    red = paint(photo, [nail], finish="matte").astype(int)
    inside = np.abs(red - 186).max(2) > np.abs(np.array(RED) - 186).max() / 2
    edge = inside & ~ndimage.binary_erosion(inside)
    rows, columns = np.nonzero(edge)
    radii = np.hypot(columns + 0.5 - nail["center"]["x"], rows + 0.5 - nail["center"]["y"])
    assert radii.std() < 0.25 * pixel
    assert abs(radii.mean() - 200) < 0.5 * pixel


def test_nails_at_the_border_and_outside_are_cut(paint: Paint) -> None:
    photo, labels = grey_scene()
    nails = nails_from_labels(labels)
    nails[0]["mask"]["transform"][2] -= 150
    nails[0]["center"]["x"] -= 150
    outside = nails_from_labels(labels)
    outside[0]["mask"]["transform"][5] -= 1000
    for webgl in (True, False):
        painted = paint(photo, nails + outside, webgl=webgl)
        assert (painted[150, 5] != 186).any()
        assert (painted[150, 100] == 186).all()


def test_a_picture_without_nails_stays(paint: Paint) -> None:
    photo, _ = grey_scene()
    assert (paint(photo, []) == np.asarray(photo)).all()
