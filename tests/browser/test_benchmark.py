"""The benchmark page: it measures what its address asks for, offline too, and what its form asks for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Playwright, expect

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.conftest import TIMEOUT_MS

SETUP = {"engine": "cascade", "backend": "wasm", "precision": "float16", "tier": 320}
STAGES = {"capture", "frame", "hand", "roi", "pass1", "pass2", "post", "total", "render"}


def result(page: Page) -> dict[str, Any]:
    """What the page leaves for scripts; its policy forbids what Playwright would wait with."""
    for _ in range(TIMEOUT_MS // 100):
        if text := page.evaluate("window.__result"):
            found: dict[str, Any] = json.loads(text)
            return found
        page.wait_for_timeout(100)
    pytest.fail(f"no result: {page.get_by_test_id('status').text_content()}")


def test_stages_tiers_and_photos_are_measured(page: Page, server: StaticServer) -> None:
    size = {"width": 640, "height": 480, "frames": 4}
    steps = [{"setup": SETUP, "scene": scene, **size} for scene in ("one hand", "no hand")]
    plan = {"steps": [*steps, {**steps[0], "setup": {**SETUP, "backend": "metal"}}], "accuracy": True, "budget": 60}
    page.goto(f"{server.url}/benchmark.html?run=plan&plan={quote(json.dumps(plan))}")
    found = result(page)
    assert found["format"] == "lunula-benchmark-1"
    hand, nothing = found["runs"]
    assert hand["nails"] == 5
    assert nothing["nails"] == 0
    assert hand["tiers"] == {"320": 4}
    assert set(hand["stages"]) >= STAGES
    for stages in (hand["stages"], nothing["stages"]):
        assert all(stage["min"] <= stage["p50"] <= stage["p95"] <= stage["max"] for stage in stages.values())
        parts = sum(stage["mean"] for name, stage in stages.items() if name not in ("total", "render"))
        assert parts == pytest.approx(stages["total"]["mean"], abs=0.1)
    assert hand["memory"]["tensors"] > 0
    assert "Chrome" in found["environment"]["browser"]
    (note,) = found["notes"]  # the backend that there is not
    assert "metal" in note
    assert len(found["scores"]) == 12
    assert all(score["against"] == "mask" and score["iou"] > 0.6 for score in found["scores"])


def test_the_form_measures_and_exports_offline(playwright: Playwright, server: StaticServer, tmp_path: Path) -> None:
    with open_chromium(playwright, profile=tmp_path / "profile", viewport={"width": 390, "height": 844}) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        page = chromium.context.new_page()
        AppPage(page).open(server.url + "/").ready_offline()
        server.stop()
        page.goto(f"{server.url}/benchmark.html")
        page.get_by_label("Backend").select_option("wasm")
        page.get_by_label("Frames or seconds").fill("3")
        page.get_by_test_id("start").click()
        expect(page.get_by_test_id("status")).to_contain_text("Done", timeout=TIMEOUT_MS)
        expect(page.get_by_test_id("results").get_by_role("row")).to_have_count(len(STAGES) + 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        with page.expect_download() as download:
            page.get_by_test_id("export").click()
        (saved,) = json.loads(download.value.path().read_text())
        assert saved["runs"][0]["setup"]["backend"] == "wasm"
