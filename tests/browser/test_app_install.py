"""The installed app: its manifest and installability as Chromium judges them, shortcuts, shared and opened photos."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import Answer, StaticServer
from tests.browser.app_page import AppPage
from tests.conftest import TIMEOUT_MS, Sample

# What the share sheet does: the browser goes to the share target with the photo in a form. The form is in a page of its
# own because the app's content security policy forbids forms.
FORM = b"""<!doctype html><form method="post" action="/share" enctype="multipart/form-data">
<input type="file" name="photo"><button>Share</button></form>"""

# Chromium hands opened files to `launchQueue`; headless it opens none, so that the queue is played by the test.
LAUNCH_QUEUE = """Object.defineProperty(window, 'launchQueue', { value: {
  setConsumer(consumer) { window.launch = consumer },
} })"""
LAUNCH_FILE = """async (url) => {
  const blob = await (await fetch(url)).blob()
  launch({ targetURL: location.href, files: [{ getFile: async () => new File([blob], 'hand.jpg', blob) }] })
}"""


@pytest.fixture
def installed(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """Chromium with a profile on disk: without one it calls nothing installable."""
    with open_chromium(playwright, profile=tmp_path / "profile") as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        yield chromium.context


def manifest_of(page: Page) -> dict[str, Any]:
    """Chromium's reading of the manifest; fails on anything that it finds wrong."""
    answer = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert answer["errors"] == []
    found: dict[str, Any] = json.loads(answer["data"])
    return found


def test_chromium_installs_the_app(installed: BrowserContext, server: StaticServer) -> None:
    page = installed.new_page()
    AppPage(page).open(server.url + "/").ready_offline()
    manifest = manifest_of(page)
    cdp = installed.new_cdp_session(page)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    identity = cdp.send("Page.getAppId")
    assert identity["appId"] == f"{server.url}/{manifest['id']}"
    cdp.send("PWA.install", {"manifestId": identity["appId"]})
    assert cdp.send("PWA.getOsAppState", {"manifestId": identity["appId"]})["fileHandlers"] != []


def test_every_picture_that_the_manifest_names_is_as_it_says(page: Page, server: StaticServer) -> None:
    page.goto(server.url + "/")
    manifest = manifest_of(page)
    pictures = [*manifest["icons"], *manifest["screenshots"]]
    pictures += [icon for shortcut in manifest["shortcuts"] for icon in shortcut["icons"]]
    for picture in pictures:
        if picture["type"] == "image/svg+xml":
            continue
        with Image.open(server.root / picture["src"]) as opened:
            assert "x".join(map(str, opened.size)) == picture["sizes"], picture["src"]
            assert Image.MIME[opened.format or ""] == picture["type"], picture["src"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable", "monochrome"}
    assert {shot["form_factor"] for shot in manifest["screenshots"]} == {"narrow", "wide"}
    for shot in manifest["screenshots"]:  # what Chromium's install dialog shows
        sides = sorted(map(int, shot["sizes"].split("x")))
        assert sides[0] >= 320
        assert sides[1] <= min(3840, 2.3 * sides[0])


def test_a_shared_photo_is_painted_without_a_network(page: Page, server: StaticServer, samples: list[Sample]) -> None:
    server.faults["/form"] = lambda _: Answer(FORM, headers={"Content-Type": "text/html"})
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    page.goto(server.url + "/form")
    server.stop()
    page.set_input_files("input", samples[0].photo)
    page.click("button")
    app.state("painted")
    assert page.url == server.url + "/", "a reload must not ask for the photo again"
    assert page.evaluate("async () => (await (await caches.open('lunula-handover')).keys()).length") == 0
    page.reload()
    app.state("ready")


def test_a_share_without_a_photo_says_so(page: Page, server: StaticServer) -> None:
    server.faults["/form"] = lambda _: Answer(FORM, headers={"Content-Type": "text/html"})
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    page.goto(server.url + "/form")
    page.click("button")
    expect(app.hook("error")).to_be_visible()


def test_a_photo_opened_as_a_file_is_painted(page: Page, server: StaticServer, samples: list[Sample]) -> None:
    page.add_init_script(LAUNCH_QUEUE)
    app = AppPage(page).open(server.url + "/")
    photo = base64.b64encode(samples[0].photo.read_bytes()).decode()
    server.faults["/opened.jpg"] = lambda _: Answer(base64.b64decode(photo), headers={"Content-Type": "image/jpeg"})
    page.evaluate(LAUNCH_FILE, "/opened.jpg")
    app.state("painted")


def test_each_shortcut_does_what_it_says(playwright: Playwright, server: StaticServer, samples: list[Sample]) -> None:
    with open_chromium(
        playwright, args=("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    ) as opened:
        opened.context.set_default_timeout(TIMEOUT_MS)
        page = opened.context.new_page()
        app = AppPage(page).open(server.url + "/")
        camera, photo, look = (shortcut["url"] for shortcut in manifest_of(page)["shortcuts"])
        app.open(f"{server.url}/{camera}").state("camera")
        app.open(f"{server.url}/{photo}")
        expect(app.hook("start-photo")).to_be_focused()
        app.open(f"{server.url}/{look}")
        app.state("ready")
        app.choose_photo(samples[0].photo)
        app.state("painted")
        expect(app.hook("canvas")).to_have_attribute("data-finish", "french")
        assert page.url == server.url + "/"
