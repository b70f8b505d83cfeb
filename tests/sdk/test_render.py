"""Polish on known masks: right colour, whole nail, no skin, no staircase, the same with and without WebGL."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from scipy import ndimage

from tests.bench.edges import measure, scene
from tests.bench.finish_scene import GOLDEN_CROP, GOLDEN_SIZE, GOLDENS, LOOKS, crop
from tests.conftest import MASKS, Sample
from tests.sdk.delta_e import delta_e, delta_e_lab
from tests.sdk.gt_nails import data_url, nails_from_labels
from tests.sdk.pictures import compare

RED = (0x8A, 0x0F, 0x2C)
Paint = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def page(browser: Browser, page_bundle: Callable[[str], Path]) -> Iterator[Page]:
    """One for all: compiling the shader takes longer than painting."""
    context = browser.new_context()
    opened = context.new_page()
    opened.add_script_tag(path=page_bundle("renderer"))
    yield opened
    context.close()


@pytest.fixture(scope="module")
def paint(page: Page) -> Paint:
    """`paint(photo, nails, webgl=True, fingers={}, color=…, finish=…, …)`: uint8 [H, W, 3]."""

    def run(
        photo: Image.Image, nails: list[dict[str, Any]], *, webgl: bool = True, fingers: Any = None, **polish: Any
    ) -> np.ndarray:
        look = {"polish": {"color": "#8a0f2c", "finish": "cream", **polish}, "fingers": fingers or {}}
        return pixels(page.evaluate("(a) => paint(...a)", [data_url(photo), nails, look, webgl]))

    return run


def pixels(url: str) -> np.ndarray:
    """uint8 [H, W, 3] of a data address."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))


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


def test_ciede2000_is_the_published_one() -> None:
    """Pairs 1, 7 and 17 of Sharma, Wu and Dalal's table."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ]
    for one, other, wanted in pairs:
        assert delta_e_lab(np.array(one, float), np.array(other, float)) == pytest.approx(wanted, abs=1e-4)


# Finishes with a swatch, and which rows of the nail show it; at a tip it is the accent. The others (shimmer,
# glitter, metallic, chrome, cat-eye, holographic) have no single colour.
SWATCHES = {
    "cream": (90, 210),
    "gloss": (90, 210),
    "matte": (90, 210),
    "jelly": (90, 210),  # full coats
    "french": (130, 210),
    "french tip": (90, 106),
    "ombre": (200, 210),
    "ombre tip": (90, 104),
    "pattern": (90, 210),  # where the picture shows nothing
}


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
@pytest.mark.parametrize("part", SWATCHES)
def test_the_swatch_on_a_grey_card(paint: Paint, page: Page, part: str, webgl: bool) -> None:
    """18 % grey (sRGB 118) under neutral light: the median colour of a nail is the swatch."""
    photo, labels = grey_scene(118)
    finish, _, tip = part.partition(" ")
    top, bottom = SWATCHES[part]
    inner = ndimage.binary_erosion(labels, iterations=3)  # a small part, such as a tip, is half edge
    shown = inner & (top <= np.arange(300)[:, None]) & (np.arange(300)[:, None] < bottom)
    if tip:  # beside the reflection, which a whole nail's median leaves out by itself
        shown &= np.arange(300) >= 162
    for color in ("#8a0f2c", "#f2c1cf", "#0b6b5f", "#1c2040", "#f4f1ea", "#c3182c", "#dcbfa4"):
        given = {"color": "#c99a8b", "accent": color} if tip else {"color": color}
        nails = nails_from_labels(labels)
        painted = paint(photo, nails, webgl=webgl, finish=finish, pattern="nobody-knows", **given)
        median = np.median(painted[shown], axis=0).round().astype(np.uint8)
        swatch = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
        assert delta_e(median, swatch) <= 3, f"{color}: {median}"


def test_jelly_shows_the_nail_that_cream_hides(paint: Paint) -> None:
    photo, labels = grey_scene(118)
    marked = np.asarray(photo).copy()
    marked[140:144] = 150  # a ridge across the nail
    ridges = {}
    for finish in ("jelly", "cream"):
        painted = paint(Image.fromarray(marked), nails_from_labels(labels), finish=finish, color="#c3182c").astype(int)
        ridges[finish] = painted[140:144, 165:180].sum(2).mean() - painted[150:160, 165:180].sum(2).mean()
    assert ridges["jelly"] > 2 * ridges["cream"]


@pytest.mark.parametrize("finish", ["cream", "gloss", "matte"])
def test_the_whole_nail_and_no_skin(paint: Paint, samples: list[Sample], finish: str) -> None:
    for sample in samples[::4]:
        photo, labels = photo_of(sample), sample.labels()
        changed = np.abs(paint(photo, nails_from_labels(labels), finish=finish).astype(int) - np.asarray(photo)).max(2)
        nail = labels > 0
        outside = ndimage.distance_transform_edt(~nail)
        # Labels were drawn by hand: here and there the photo's edge, which polish follows, is a pixel further.
        assert (changed[outside > 2] == 0).all(), sample.name
        assert ((changed > 0) & (outside > 1.5)).sum() < 0.001 * nail.sum(), sample.name
        assert (changed[ndimage.distance_transform_edt(nail) > 1.5] > 0).mean() > 0.995, sample.name


@pytest.mark.parametrize("finish", ["cream", "gloss", "matte", "jelly", "french", "ombre", "glitter"])
def test_without_webgl_it_looks_the_same(paint: Paint, samples: list[Sample], finish: str) -> None:
    """But at the edge, where only shaders ask the photo."""
    for sample in samples[::4]:
        photo, nails = photo_of(sample), nails_from_labels(sample.labels())
        difference = np.abs(
            paint(photo, nails, finish=finish).astype(int) - paint(photo, nails, finish=finish, webgl=False)
        ).max(2)
        nail = sample.labels() > 0
        inner = ndimage.distance_transform_edt(nail) > 2
        assert difference[inner].mean() < 1.5, sample.name
        assert np.percentile(difference[inner], 99) <= 12, sample.name
        assert (difference[nail] > 60).mean() < 0.05, sample.name


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


def test_a_finger_has_its_own_polish(paint: Paint, samples: list[Sample]) -> None:
    photo, nails = photo_of(samples[-1]), nails_from_labels(samples[-1].labels())
    nails[0]["finger"], nails[1]["finger"] = "ring", "thumb"
    painted = paint(photo, nails, finish="matte", fingers={"ring": {"color": "#0b6b5f"}, "thumb": {"opacity": 0}})
    means = [painted[samples[-1].labels() == nail["id"]].mean(0) for nail in nails]
    assert means[0][1] > means[0][0] + 20  # green
    assert means[2][0] > means[2][1] + 20  # red
    bare = samples[-1].labels() == nails[1]["id"]
    assert (painted[bare] == np.asarray(photo)[bare]).all()


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
@pytest.mark.parametrize("shape", ["natural", "square", "round", "almond", "stiletto", "coffin"])
def test_a_nail_is_lengthened_past_its_tip_and_nowhere_else(paint: Paint, shape: str, webgl: bool) -> None:
    photo, labels = grey_scene()
    nails = nails_from_labels(labels)
    long = paint(photo, nails, webgl=webgl, finish="matte", shape=shape, length=0.5).astype(int)
    painted = np.abs(long - 186).max(2) > 60
    rows = np.nonzero(painted[:, 150])[0]
    # 120 px long from 90 to 210, the tip at 90: half of it more.
    assert rows.min() == pytest.approx(30, abs=3)
    assert rows.max() == pytest.approx(209, abs=2)
    width = painted[45].sum()  # a quarter of the added length from the end
    assert {"square": width > 70, "stiletto": width < 30, "coffin": 30 < width < 60}.get(shape, 25 < width < 82)
    below = ndimage.binary_dilation(labels > 0, iterations=2) | (np.arange(300)[:, None] < 150)
    assert (long[~below] == 186).all()


def test_glitter_stays_on_the_nail_when_the_hand_moves(paint: Paint) -> None:
    _, labels = grey_scene()
    moved = np.roll(labels, (13, 29), (0, 1))
    photo = Image.new("RGB", (300, 300), (150,) * 3)
    first = paint(photo, nails_from_labels(labels), finish="glitter")
    second = paint(photo, nails_from_labels(moved), finish="glitter")
    inner = ndimage.binary_erosion(labels, iterations=3)
    assert first[inner].std() > 20  # there are flakes
    difference = np.abs(np.roll(second, (-13, -29), (0, 1)).astype(int) - first)[inner]
    assert np.percentile(difference, 99) <= 2
    other = nails_from_labels(labels)
    other[0]["id"] = 7
    assert np.abs(paint(photo, other, finish="glitter").astype(int) - first)[inner].mean() > 5  # flakes of its own


def brightest(picture: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Where the highlight is: x, y."""
    level = np.where(inner, picture.astype(int).sum(2), 0)
    rows, columns = np.nonzero(level > np.percentile(level[inner], 97))
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
def test_the_highlight_follows_direction_and_rotation(paint: Paint, webgl: bool) -> None:
    photo, labels = grey_scene(118)
    inner = ndimage.binary_erosion(labels, iterations=6)
    nail = nails_from_labels(labels)[0]
    flat = brightest(paint(photo, [nail], webgl=webgl, finish="gloss"), inner)
    # The nail points up: axis (0, -1, 0), across (1, 0, 0); rolled by 25 degrees to either side.
    c, s = np.cos(np.radians(25)), np.sin(np.radians(25))
    places = []
    for side in (s, -s):
        rolled = {**nail, "rotation": [0, -1, 0, c, 0, side]}
        places.append(brightest(paint(photo, [rolled], webgl=webgl, finish="gloss"), inner)[0])
    assert min(places) < flat[0] - 5 < flat[0] + 5 < max(places)
    turned = nails_from_labels(np.ascontiguousarray(labels.T))
    sideways = brightest(paint(photo, turned, webgl=webgl, finish="gloss"), inner.T)
    assert sideways[1] < 146  # light comes from above, so the upper side shines
    assert flat[0] < 146  # and a little from the left


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
@pytest.mark.parametrize("finish", ["gloss", "cat-eye", "metallic", "holographic", "chrome"])
def test_light_and_bands_follow_the_rotation(paint: Paint, finish: str, webgl: bool) -> None:
    """Synthetic rotations: a nail that rolls about its axis, one way and the other, and one that pitches."""
    photo, labels = grey_scene(118)
    inner = ndimage.binary_erosion(labels, iterations=6)
    nail = nails_from_labels(labels)[0]
    look = {"finish": finish, "color": "#3b1030", "accent": "#d58ac4"}

    def light(rotation: list[float] | None) -> np.ndarray:
        given = nail if rotation is None else {**nail, "rotation": rotation}
        return paint(photo, [given], webgl=webgl, **look)

    def rolled(degrees: float) -> list[float]:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return [0, -1, 0, c, 0, s]

    def pitched(degrees: float) -> list[float]:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return [0, -c, s, 1, 0, 0]

    flat = light(None)
    # No tilt is the same as no rotation, whichever way "across" is counted.
    assert np.abs(light(rolled(0)).astype(int) - flat).max() <= 1
    assert np.abs(light([0, -1, 0, -1, 0, 0]).astype(int) - flat).max() <= 1
    changed = [np.abs(light(rotation).astype(int) - flat)[inner].mean() for rotation in (rolled(20), pitched(30))]
    assert changed[0] > (2 if finish != "cat-eye" else 1), changed
    assert changed[1] > 1, changed
    if finish in ("gloss", "metallic"):  # one streak: rolled to either side it moves to either side
        one, other = (brightest(light(rolled(degrees)), inner)[0] for degrees in (15, -15))
        assert abs(one - other) > 8


def test_the_magnetic_band_moves_along_a_nail_that_pitches(paint: Paint) -> None:
    photo, labels = grey_scene(118)
    inner = ndimage.binary_erosion(labels, iterations=8) & (np.abs(np.arange(300) - 165) < 12)
    nail = nails_from_labels(labels)[0]
    rows = []
    for degrees in (-25, 0, 25):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        given = {**nail, "rotation": [0, -c, s, 1, 0, 0]}
        rows.append(brightest(paint(photo, [given], finish="cat-eye", color="#3b1030", accent="#d58ac4"), inner)[1])
    assert abs(rows[2] - rows[0]) > 5, rows
    assert sorted(rows) in (rows, rows[::-1])


def test_nail_art_shows_a_picture_of_the_page_and_fetches_nothing(paint: Paint, page: Page) -> None:
    photo, labels = grey_scene()
    nails = nails_from_labels(labels)
    inner = ndimage.binary_erosion(labels, iterations=12)
    page.evaluate("(a) => addPattern(...a)", ["sky", data_url(Image.new("RGB", (40, 80), (20, 90, 200)))])
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    blue = np.median(paint(photo, nails, finish="pattern", pattern="sky")[inner], axis=0)
    assert np.abs(blue - (20, 90, 200)).max() < 20  # under the sheen of a gloss coat
    plain = np.median(paint(photo, nails, finish="pattern", pattern="nobody-knows")[inner], axis=0)
    assert delta_e(plain.astype(np.uint8), np.array(RED, np.uint8)) < 8
    dots = paint(photo, nails, finish="pattern", pattern="dots")[inner]
    assert (dots.min(1) > 200).mean() == pytest.approx(0.15, abs=0.1)
    assert not [url for url in fetched if not url.startswith("data:")]


def test_ten_nails_are_one_draw_call_and_nothing_is_read_back(paint: Paint, page: Page) -> None:
    photo, labels = grey_scene()
    nails = [{**nail, "id": i} for i in range(10) for nail in nails_from_labels(labels)]
    look = {"polish": {"color": "#8a0f2c", "finish": "glitter"}}
    calls = page.evaluate("(a) => callsOf(...a)", [data_url(photo), nails, look])
    assert [call for call in calls if call.startswith("draw")] == ["drawArraysInstanced"]
    assert not [call for call in calls if call.startswith(("read", "getBuffer", "finish"))]


def test_a_lost_context_heals(paint: Paint, page: Page) -> None:
    """Painted without it at once, and with a new one half a second later."""
    photo, labels = grey_scene()
    nails = nails_from_labels(labels)
    look = {"polish": {"color": "#8a0f2c", "finish": "cream"}}
    during, after, contexts = page.evaluate("(a) => paintThroughLoss(...a)", [data_url(photo), nails, look, 700])
    assert contexts == "2"
    wanted = paint(photo, nails)
    assert (pixels(after) == wanted).all()
    assert np.abs(pixels(during).astype(int) - wanted)[labels > 0].mean() < 2


@pytest.mark.parametrize("webgl", [True, False], ids=["webgl", "canvas"])
def test_every_finish_is_like_its_golden_picture(page: Page, tmp_path: Path, webgl: bool) -> None:
    """After a wanted change: `python -m tests.bench.finishes --goldens`, and look at them."""
    photo, nails = crop(*GOLDEN_CROP, GOLDEN_SIZE)
    folder = MASKS.parents[1] / "finishes" / ("" if webgl else "canvas")
    wrong = []
    for name in GOLDENS:
        url = page.evaluate("(a) => paint(...a)", [data_url(photo), nails, LOOKS[name], webgl])
        wrong += compare(pixels(url), folder / f"{name}.webp", tmp_path)
    assert not wrong, "\n".join(wrong)


def test_paint_keeps_to_the_nails_of_renders(paint: Paint) -> None:
    """True masks at 64x64: the photo's edges make up for what the small mask cannot hold."""
    found = []
    for index in (0, 1, 2, 3):
        photo, truth, nails = scene(index)
        if nails:
            found.append(measure(photo, truth, paint(photo, nails, color="#00ff00", finish="matte")))
    assert found
    assert np.mean([each["iou"] for each in found]) > 0.97  # 0.963 from the mask alone
    assert max(each["farthest"] for each in found) <= 1.5
    assert max(each["bare"] for each in found) < 0.001
