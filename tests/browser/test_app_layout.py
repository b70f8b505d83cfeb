"""The app's look, as far as a rule can say it: it fits, it can be touched, it follows the theme."""

import pytest
from playwright.sync_api import Page, expect

from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage

SIZES = [(360, 640), (390, 844), (844, 390), (1280, 800)]
TOUCH_PX = 44  # WCAG 2.5.5

# Everything that can be pressed, with its box, as far as it is shown.
TARGETS = """() => [...document.querySelectorAll('button, input')]
  .filter((element) => element.checkVisibility())
  .map((element) => ({ name: element.dataset.testid ?? element.id, ...element.getBoundingClientRect().toJSON() }))"""


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_first_screen_fits(page: Page, server: StaticServer, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    for name in ("start-camera", "start-photo", "sample-1", "camera-button", "photo-button"):
        expect(app.hook(name)).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 800)])
def test_everything_can_be_touched(page: Page, server: StaticServer, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    AppPage(page).open(server.url + "/").state("ready")
    targets = page.evaluate(TARGETS)
    assert len(targets) > 30
    small = [target for target in targets if target["width"] < TOUCH_PX or target["height"] < TOUCH_PX]
    assert small == []


def test_the_theme_follows_the_system(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    grounds = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        grounds.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    light, dark = (int(ground.split("(")[1].split(",")[0]) for ground in grounds)
    assert light > 200
    assert dark < 50


def test_nothing_moves_for_people_who_do_not_want_it(page: Page, server: StaticServer) -> None:
    page.emulate_media(reduced_motion="reduce")
    AppPage(page).open(server.url + "/").state("ready")
    assert page.evaluate("document.getAnimations().length") == 0
