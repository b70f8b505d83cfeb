"""The camera in the app: a film of the sample hands plays as the camera, nails come back, the overlay follows."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Playwright, expect
from scipy.ndimage import binary_dilation

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.browser.pictures import iou
from tests.browser.sentences import assert_sentence
from tests.conftest import TIMEOUT_MS, Sample

SIZE = (640, 480)
HAND = "kg_4c4a6402-e402"  # the sample with the squarest picture: its nails are the largest in the camera's frame

# As in test_app_photo.py.
LEAST_IOU = 0.45
LABEL_EDGE_PX = 8


@pytest.fixture
def hand(samples: list[Sample]) -> Sample:
    return next(sample for sample in samples if sample.name == HAND)


@pytest.fixture
def film(hand: Sample, tmp_path: Path) -> Path:
    path = tmp_path / "hand.y4m"
    write_y4m([hand.photo], path, size=SIZE, frames=10)
    return path


def recoloured(app: AppPage, before: np.ndarray, enough: float) -> np.ndarray:
    """Where the canvas differs from before, bool [H, W], as soon as so many pixels do: the film stands still."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while True:
        different: np.ndarray = np.abs(app.canvas().astype(int) - before).max(axis=-1) > 24
        if different.sum() >= enough:
            return different
        assert time.monotonic() < deadline, "another shade changed too little of the camera's picture"
        app.page.wait_for_timeout(100)


def test_nails_come_back_and_the_overlay_is_on_them(
    playwright: Playwright, server: StaticServer, hand: Sample, film: Path
) -> None:
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/?backend=wasm")
        app.hook("start-camera").click()
        app.state("camera")
        expect(app.hook("fps")).to_have_text(re.compile(r"^[\d.]+ fps$"))
        expect(app.hook("latency")).to_have_text(re.compile(r"^\d+ ms$"))
        expect(app.hook("status")).to_have_text(re.compile(r"^[3-6] nails found$"))
        labels = Image.fromarray(hand.labels())
        nails = np.asarray(ImageOps.pad(labels, SIZE, Image.Resampling.NEAREST)) > 0
        before = app.canvas().astype(int)
        app.hook("swatch-cornflower").click()
        painted = recoloured(app, before, 0.5 * nails.sum())
        assert iou(painted, nails) > LEAST_IOU
        assert not (painted & ~binary_dilation(nails, iterations=LABEL_EDGE_PX)).any()
        app.hook("camera-button").click()
        app.state("ready")
        expect(app.hook("start-camera")).to_be_visible()
        assert app.errors == []


def test_the_camera_picture_can_be_saved(playwright: Playwright, server: StaticServer, film: Path) -> None:
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/?backend=wasm")
        app.hook("camera-button").click()
        app.state("camera")
        with app.page.expect_download() as download:
            app.hook("save-button").click()
        assert Image.open(download.value.path()).size == SIZE


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--use-fake-device-for-media-stream", "--deny-permission-prompts"), "camera-denied"),
        (("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0"), "camera-missing"),
    ],
)
def test_without_a_camera_a_person_is_told_why(
    playwright: Playwright, server: StaticServer, flags: tuple[str, ...], code: str
) -> None:
    with open_chromium(playwright, args=flags) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/")
        app.state("ready")
        app.hook("start-camera").click()
        app.state("error")
        assert app.hook("error").get_attribute("data-code") == code
        assert_sentence(app.page.locator("#error-text").inner_text())
        expect(app.hook("error-retry")).to_be_visible()
        app.hook("sample-1").click()
        app.state("painted")
        expect(app.hook("error")).to_be_hidden()
