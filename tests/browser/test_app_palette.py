"""The palette: families, search, favourites, finishes, fingers, shapes, looks and links to them."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.browser.sentences import assert_sentence


@pytest.fixture
def app(page: Page, server: StaticServer) -> AppPage:
    opened = AppPage(page).open(f"{server.url}/?backend=wasm")
    opened.state("ready")
    return opened


@pytest.fixture
def painted(app: AppPage) -> AppPage:
    app.hook("sample-1").click()
    app.state("painted")
    return app


def repainted(app: AppPage, before: np.ndarray) -> np.ndarray:
    """The canvas as soon as it differs."""
    for _ in range(100):
        after = app.canvas().astype(int)
        if after.shape != before.shape or (np.abs(after - before).max(axis=-1) > 4).any():
            return after
        app.page.wait_for_timeout(100)
    raise AssertionError("the picture did not change")


def test_shades_are_found_by_name_and_by_family(app: AppPage) -> None:
    app.hook("search").fill("gold")
    expect(app.page.locator(".swatch:visible")).to_have_count(2)
    app.hook("search").fill("nothing of that name")
    expect(app.page.locator("#no-shades")).to_be_visible()
    app.hook("filter-greens").click()
    expect(app.hook("search")).to_have_value("")
    expect(app.hook("swatch-sage")).to_be_visible()
    expect(app.hook("swatch-garnet")).to_be_hidden()


def test_favourites_and_recent_shades_are_kept(app: AppPage) -> None:
    for name in ("sage", "lagoon"):
        app.hook(f"swatch-{name}").click()
    app.hook("favourite-button").click()
    expect(app.hook("favourite-button")).to_have_attribute("aria-pressed", "true")
    app.page.reload()
    app.hook("filter-favourites").click()
    expect(app.page.locator(".swatch:visible")).to_have_count(1)
    app.hook("filter-recent").click()
    expect(app.page.locator(".swatch:visible")).to_have_count(2)
    app.hook("filter-favourites").click()
    app.hook("favourite-button").click()
    expect(app.page.locator("#no-shades")).to_be_visible()


def test_a_shade_that_has_a_finish_brings_it_and_takes_it_away_again(app: AppPage) -> None:
    app.hook("swatch-mercury").click()
    expect(app.hook("finish-name")).to_have_text("Chrome")
    app.hook("swatch-rowan").click()
    expect(app.hook("finish-name")).to_have_text("Gloss")


def test_every_finish_is_offered_and_painted(painted: AppPage) -> None:
    painted.hook("tab-finish").click()
    finishes = painted.page.locator("#finishes input")
    expect(finishes).to_have_count(13)
    for name in ("glitter", "french"):
        before = painted.canvas().astype(int)
        painted.hook(f"finish-{name}").check()
        repainted(painted, before)
    before = painted.canvas().astype(int)
    painted.hook("accent").fill("#2040ff")
    repainted(painted, before)


def test_a_picture_becomes_nail_art(painted: AppPage) -> None:
    painted.hook("tab-finish").click()
    painted.hook("finish-pattern").check()
    expect(painted.hook("canvas")).to_have_attribute("data-finish", "pattern")
    before = painted.canvas().astype(int)
    icon = painted.page.request.get(painted.page.url.split("?")[0] + "icons/icon-192.png").body()
    painted.hook("pattern-input").set_input_files({"name": "art.png", "mimeType": "image/png", "buffer": icon})
    repainted(painted, before)
    expect(painted.hook("own-pattern")).to_have_attribute("aria-pressed", "true")


def test_one_finger_wears_its_own_until_all_nails_are_chosen_for(painted: AppPage) -> None:
    painted.hook("tab-fingers").click()
    painted.hook("finger-ring").check()
    expect(painted.hook("finger-chip")).to_be_visible()
    before = painted.canvas().astype(int)
    painted.hook("tab-color").click()
    painted.hook("swatch-cornflower").click()
    one = repainted(painted, before)
    painted.hook("finger-chip").click()
    expect(painted.hook("shade-name")).to_have_text("Garnet")
    painted.hook("swatch-cornflower").click()
    everyone = repainted(painted, one)
    changed = [(np.abs(after - before).max(axis=-1) > 12).sum() for after in (one, everyone)]
    assert 0 < changed[0] < 0.5 * changed[1], "one finger's nails are fewer than all"


def test_a_shape_lengthens_the_nails(painted: AppPage) -> None:
    before = painted.canvas().astype(int)
    painted.hook("tab-shape").click()
    painted.hook("shape-stiletto").check()
    assert float(painted.hook("length").input_value()) > 0
    short = repainted(painted, before)
    painted.hook("length").fill("1.2")
    repainted(painted, short)


def test_a_look_is_worn_kept_and_deleted(painted: AppPage) -> None:
    before = painted.canvas().astype(int)
    painted.hook("tab-looks").click()
    painted.hook("look-picnic").click()
    repainted(painted, before)
    expect(painted.hook("shade-name")).to_have_text("Picnic")
    painted.hook("look-name").fill("My Sunday")
    painted.hook("keep-look").click()
    expect(painted.hook("look-my-sunday")).to_have_attribute("aria-pressed", "true")
    painted.page.reload()
    painted.hook("tab-looks").click()
    expect(painted.hook("shade-name")).to_have_text("My Sunday")
    painted.hook("remove-look").click()
    expect(painted.hook("look-my-sunday")).to_have_count(0)


def test_a_link_brings_the_look(app: AppPage) -> None:
    app.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.hook("sample-1").click()
    app.state("painted")
    app.hook("tab-looks").click()
    app.hook("look-velvet").click()
    app.hook("share-button").click()
    app.hook("share-link").click()
    expect(app.hook("status")).to_have_text("Link copied")
    link = app.page.evaluate("navigator.clipboard.readText()")
    app.page.evaluate("localStorage.clear()")
    app.page.goto("about:blank")
    app.open(link)
    app.state("ready")
    expect(app.hook("shade-name")).to_have_text("Velvet")
    expect(app.hook("finish-name")).to_have_text("Cat eye")
    assert "#" not in app.page.url


def test_a_damaged_link_is_explained(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(f"{server.url}/?backend=wasm#l1.damaged")
    expect(app.hook("error")).to_be_visible()
    assert_sentence(page.locator("#error-text").inner_text())
    app.hook("error-close").click()
    app.hook("sample-1").click()
    app.state("painted")


def test_tabs_are_moved_through_with_the_arrow_keys(app: AppPage) -> None:
    app.hook("tab-color").focus()
    app.page.keyboard.press("ArrowRight")
    expect(app.hook("tab-finish")).to_be_focused()
    expect(app.hook("tab-finish")).to_have_attribute("aria-selected", "true")
    app.page.keyboard.press("End")
    expect(app.hook("look-french")).to_be_visible()
