"""Every state of the app passes axe-core, in both themes and from right to left."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.browser.app_states import LIVE, STILL
from tests.conftest import ROOT, TIMEOUT_MS, Sample

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = (
    """async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)"""
)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(VIOLATIONS)
    return found


def test_no_state_violates_axes_rules(page: Page, server: StaticServer) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    for name, way in STILL.items():
        app = AppPage(page).open(f"{server.url}/?backend=wasm")
        way(app)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], f"{name}, {theme}"
        page.evaluate("localStorage.clear()")


def test_the_live_states_neither(
    playwright: Playwright, server: StaticServer, samples: list[Sample], tmp_path: Path
) -> None:
    film = tmp_path / "hand.y4m"
    write_y4m([samples[2].photo], film, size=(480, 640), frames=4)
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        for name, way in LIVE.items():
            page = chromium.context.new_page()
            way(AppPage(page).open(f"{server.url}/?backend=wasm"))
            assert violations(page) == [], name
            page.close()


@pytest.mark.parametrize("language", ["ar", "de"])
def test_another_language_neither(page: Page, server: StaticServer, language: str) -> None:
    page.add_init_script(f"localStorage.setItem('lunula.language', '{language}')")
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    STILL["looks"](app)
    assert violations(page) == []
