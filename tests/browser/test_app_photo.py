"""A photo in the app: chosen, painted, painted in another colour, saved."""

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from scipy.ndimage import binary_dilation

from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.browser.pictures import changed, iou
from tests.browser.sentences import assert_sentence
from tests.conftest import Sample

DEMO = "kg_4c4a6402-e402"  # sample-1 on the first screen; all its nails are labelled whole
# As in test_paint.py: a single photo's nails overlap the hand-drawn labels at least so much.
LEAST_IOU = 0.45
# Labels are coarse polygons and the mask is soft: polish this near to a labelled nail is on it.
LABEL_EDGE_PX = 8


@pytest.fixture
def app(page: Page, server: StaticServer) -> AppPage:
    return AppPage(page).open(server.url + "/")


@pytest.fixture
def demo(samples: list[Sample]) -> Sample:
    return next(sample for sample in samples if sample.name == DEMO)


def test_a_chosen_photo_is_painted_and_the_nails_are_told(app: AppPage, demo: Sample) -> None:
    app.choose_photo(demo.photo)
    app.state("painted")
    expect(app.hook("status")).to_have_text("5 nails found")
    assert app.hook("status").get_attribute("aria-live") == "polite"
    assert iou(changed(demo.photo, app.canvas()), demo.labels() > 0) > LEAST_IOU
    assert app.errors == []


def test_another_colour_changes_the_nails_and_nothing_else(app: AppPage, demo: Sample) -> None:
    app.hook("sample-1").click()
    app.state("painted")
    app.choose_shade("garnet")
    red = app.canvas().astype(int)
    app.choose_shade("deep-water")
    blue = app.canvas().astype(int)
    nails = demo.labels() > 0
    different = np.abs(red - blue).max(axis=-1) > 12
    assert iou(different, nails) > LEAST_IOU
    assert not (different & ~binary_dilation(nails, iterations=LABEL_EDGE_PX)).any()
    assert red[nails].mean(axis=0).argmax() == 0
    assert blue[nails].mean(axis=0).argmax() == 2


def test_a_finish_changes_the_nails(app: AppPage) -> None:
    app.hook("sample-1").click()
    app.state("painted")
    before = app.canvas().astype(int)
    app.hook("tab-finish").click()
    app.hook("finish-matte").check()
    expect(app.hook("canvas")).to_have_attribute("data-finish", "matte")
    assert (np.abs(app.canvas() - before).max(axis=-1) > 4).any()


def test_shades_are_chosen_with_the_arrow_keys_and_remembered(app: AppPage) -> None:
    app.state("ready")
    app.hook("swatch-garnet").focus()
    app.page.keyboard.press("ArrowRight")
    expect(app.hook("swatch-rowan")).to_be_checked()
    app.page.reload()
    expect(app.hook("swatch-rowan")).to_be_checked()


DROP = """([name, base64, how]) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type: 'image/jpeg' }))
  const event = how === 'drop'
    ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
  document.body.dispatchEvent(event)
}"""


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_photo_can_be_dropped_and_pasted(app: AppPage, demo: Sample, how: str) -> None:
    app.page.evaluate(DROP, [demo.photo.name, base64.b64encode(demo.photo.read_bytes()).decode(), how])
    app.state("painted")
    expect(app.hook("status")).to_have_text("5 nails found")


def test_the_painted_photo_is_saved_at_its_full_size(app: AppPage, demo: Sample) -> None:
    expect(app.hook("save-button")).to_be_disabled()
    app.choose_photo(demo.photo)
    app.state("painted")
    with app.page.expect_download() as download:
        app.hook("save-button").click()
    assert download.value.suggested_filename == "lunula-garnet.png"
    saved = Image.open(download.value.path())
    assert saved.size == Image.open(demo.photo).size
    assert (np.asarray(saved.convert("RGB")) == app.canvas()).all()


def one_pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"), [(lambda: b"not a picture", "image-unusable"), (one_pixel, "image-too-small")]
)
def test_a_wrong_file_is_explained_and_the_app_goes_on(
    app: AppPage, demo: Sample, content: Callable[[], bytes], code: str
) -> None:
    app.choose_photo(demo.photo)
    app.state("painted")
    painted = app.canvas()
    app.choose_file(content())
    app.state("error")
    expect(app.hook("error")).to_be_visible()
    assert app.hook("error").get_attribute("data-code") == code
    assert_sentence(app.page.locator("#error-text").inner_text())
    assert (app.canvas() == painted).all(), "the photo that was there is still there"
    app.hook("error-close").click()
    app.state("painted")
    app.choose_photo(demo.photo)
    app.state("painted")
    expect(app.hook("error")).to_be_hidden()


def test_a_wrong_first_file_leads_back_to_the_start(app: AppPage) -> None:
    app.choose_file(b"<html>", "page.html", "text/html")
    app.state("error")
    expect(app.hook("start-camera")).to_be_visible()
