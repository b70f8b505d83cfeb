"""What can be done with the picture: compare, zoom, freeze, save and share."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.conftest import TIMEOUT_MS, Sample

OPACITY = "() => getComputedStyle(document.querySelector('.after')).opacity"
CLIP = "() => getComputedStyle(document.querySelector('.after')).clipPath"


@pytest.fixture
def app(page: Page, server: StaticServer) -> AppPage:
    opened = AppPage(page).open(f"{server.url}/?backend=wasm")
    opened.hook("sample-1").click()
    opened.state("painted")
    return opened


def test_holding_the_button_shows_the_bare_hand(app: AppPage) -> None:
    button = app.hook("compare-button")
    button.hover()
    app.page.mouse.down()
    assert app.page.evaluate(OPACITY) == "0"
    app.page.mouse.up()
    assert app.page.evaluate(OPACITY) == "1"
    button.focus()
    app.page.keyboard.down("Enter")
    assert app.page.evaluate(OPACITY) == "0"
    app.page.keyboard.up("Enter")
    assert app.page.evaluate(OPACITY) == "1"


def test_the_border_between_before_and_after_moves_with_the_slider(app: AppPage) -> None:
    assert app.page.evaluate(CLIP) == "none"
    app.hook("slider-button").click()
    expect(app.hook("split")).to_be_focused()
    clips = []
    for _ in range(2):
        app.page.keyboard.press("ArrowRight")
        clips.append(app.page.evaluate(CLIP))
    assert clips[0] != clips[1]
    app.hook("slider-button").click()
    assert app.page.evaluate(CLIP) == "none"


def test_a_still_is_zoomed_with_keys_and_wheel_and_moved(app: AppPage) -> None:
    picture = app.hook("picture")
    picture.focus()
    app.page.keyboard.press("+")
    expect(picture).to_have_attribute("data-zoom", "1.50")
    app.page.keyboard.press("ArrowLeft")
    assert picture.evaluate("picture => picture.style.getPropertyValue('--zoom-x')") == "60px"
    app.page.keyboard.press("0")
    expect(picture).to_have_attribute("data-zoom", "1.00")
    picture.hover()
    app.page.mouse.wheel(0, -400)
    expect(picture).to_have_attribute("data-zoom", re.compile(r"^2\.7"))
    app.hook("zoom-button").click()
    expect(picture).to_have_attribute("data-zoom", "1.00")
    expect(app.hook("zoom-button")).to_be_hidden()


PINCH = """picture => {
  const { left, top } = picture.getBoundingClientRect()
  picture.setPointerCapture = () => {}
  const send = (type, pointerId, x) =>
    picture.dispatchEvent(new PointerEvent(type, { pointerId, clientX: left + x, clientY: top + 100, bubbles: true }))
  send('pointerdown', 1, 100)
  send('pointerdown', 2, 150)
  send('pointermove', 2, 200)
  send('pointerup', 1, 100)
  send('pointerup', 2, 200)
}"""


def test_two_fingers_zoom(app: AppPage) -> None:
    app.hook("picture").evaluate(PINCH)
    expect(app.hook("picture")).to_have_attribute("data-zoom", "2.00")


def test_the_picture_is_saved_as_jpeg_at_its_full_size(app: AppPage, samples: list[Sample]) -> None:
    photo = next(sample.photo for sample in samples if sample.name == "kg_4c4a6402-e402")
    app.hook("share-button").click()
    with app.page.expect_download() as download:
        app.hook("share-jpeg").click()
    assert download.value.suggested_filename == "lunula-garnet.jpg"
    saved = Image.open(download.value.path())
    assert saved.format == "JPEG"
    assert saved.size == Image.open(photo).size
    off = np.abs(np.asarray(saved.convert("RGB")).astype(int) - app.canvas())
    assert off.mean() < 4


SHARES = """
  navigator.canShare = ({ files }) => files?.length === 1
  navigator.share = async ({ files }) => { window.shared = `${files[0].name} ${files[0].type}` }
"""


def test_the_picture_goes_to_the_share_sheet(page: Page, server: StaticServer) -> None:
    page.add_init_script(SHARES)
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.hook("sample-1").click()
    app.state("painted")
    app.hook("share-button").click()
    app.hook("share-picture").click()
    for _ in range(100):  # the page's policy forbids what wait_for_function does
        if page.evaluate("window.shared"):
            break
        page.wait_for_timeout(100)
    assert page.evaluate("window.shared") == "lunula-garnet.jpg image/jpeg"


def test_the_live_picture_is_frozen_painted_anew_and_goes_on(
    playwright: Playwright, server: StaticServer, samples: list[Sample], tmp_path: Path
) -> None:
    film = tmp_path / "hand.y4m"
    write_y4m([samples[2].photo], film, size=(480, 640), frames=4)
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/?backend=wasm")
        app.hook("start-camera").click()
        app.state("camera")
        app.hook("freeze-button").click()
        app.state("painted")
        expect(app.hook("status")).to_contain_text("found")
        app.choose_shade("cornflower")
        app.hook("picture").focus()
        app.page.keyboard.press("+")
        expect(app.hook("picture")).to_have_attribute("data-zoom", "1.50")
        app.hook("freeze-button").click()
        app.state("camera")
        expect(app.hook("picture")).to_have_attribute("data-zoom", "1.00")
        expect(app.hook("status")).to_have_text(re.compile("found"))
        assert app.errors == []


def test_a_dark_picture_is_answered_with_a_hint(page: Page, server: StaticServer, tmp_path: Path) -> None:
    dark = tmp_path / "dark.png"
    Image.new("RGB", (480, 640), (12, 10, 9)).save(dark)
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.choose_photo(dark)
    app.state("painted")
    expect(app.hook("status")).to_have_attribute("data-hint", "dark")
