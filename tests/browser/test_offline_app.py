"""First visit online, then no network and a restarted browser: a photo is painted."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import Answer, StaticServer
from tests.browser.app_page import AppPage
from tests.browser.pictures import changed, iou
from tests.conftest import TIMEOUT_MS, Sample


def test_a_photo_is_painted_offline_after_a_restart(
    playwright: Playwright, server: StaticServer, samples: list[Sample], tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with open_chromium(playwright, profile=profile) as online:
        online.context.set_default_timeout(TIMEOUT_MS)
        AppPage(online.context.new_page()).open(server.url + "/").ready_offline()
        foreign = [url for url in online.requests() if not url.startswith(server.url + "/")]
        assert foreign == []
    server.stop()
    sample = samples[-1]
    with open_chromium(playwright, profile=profile) as offline:
        offline.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(offline.context.new_page()).open(server.url + "/")
        app.ready_offline()
        app.choose_photo(sample.photo)
        app.state("painted")
        assert iou(changed(sample.photo, app.canvas()), sample.labels() > 0) > 0.45
        app.choose_shade("pine")
        app.hook("close-button").click()
        app.hook("sample-3").click()
        app.state("painted")
        expect(app.hook("status")).to_contain_text("nails found")


def test_a_first_visit_whose_models_never_come_is_not_called_ready(
    playwright: Playwright, server: StaticServer, tmp_path: Path
) -> None:
    """The page opens, the network goes: a sentence, a way to try again, and then it works."""
    server.faults["/models/manifest.json"] = lambda _: Answer(b"busy", 503)
    with open_chromium(playwright, profile=tmp_path / "profile") as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/")
        app.state("error")
        expect(app.hook("error")).to_be_visible()
        expect(app.hook("ready-offline")).to_be_hidden()
        server.faults.clear()
        app.hook("error-retry").click()
        app.ready_offline()
