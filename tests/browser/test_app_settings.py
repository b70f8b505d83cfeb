"""Settings: each is remembered and takes effect; languages, one of them from right to left."""

import re
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.conftest import TIMEOUT_MS, Sample

# Settings ask whether the host has the larger engines, and the browser writes down that it has not.
NO_LARGER_ENGINES = re.compile(r"404.*/models/rtdetr(-full)?\.json")


def test_settings_are_told_to_the_session_and_remembered(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.hook("sample-1").click()
    app.state("painted")
    app.hook("settings-button").click()
    app.hook("setting-smoothing").select_option("none")
    app.state("painted")
    app.hook("setting-tier").select_option("320")
    app.state("painted")
    app.hook("settings-close").click()
    page.reload()
    app.state("ready")
    app.hook("settings-button").click()
    expect(app.hook("setting-tier")).to_have_value("320")
    expect(app.hook("setting-smoothing")).to_have_value("none")
    assert [error for error in app.errors if not NO_LARGER_ENGINES.search(error)] == []


def test_a_remembered_setting_that_is_unknown_does_no_harm(page: Page, server: StaticServer) -> None:
    page.add_init_script("localStorage.setItem('lunula.engine', 'from-the-future')")
    AppPage(page).open(f"{server.url}/?backend=wasm").state("ready")


def test_the_variant_that_knows_tilt_can_be_chosen(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.state("ready")
    app.hook("settings-button").click()
    with page.expect_response(re.compile(r"nail_patch_r6d")):
        app.hook("setting-variant").select_option("r6d")
    app.state("ready")
    app.hook("settings-close").click()
    app.hook("sample-1").click()
    app.state("painted")
    assert [error for error in app.errors if not NO_LARGER_ENGINES.search(error)] == []


def test_engines_are_offered_that_the_host_has(page: Page, server: StaticServer) -> None:
    page.route(re.compile(r"models/rtdetr(-full)?\.json"), lambda route: route.fulfill(status=404))
    page.route(re.compile(r"models/rtdetr\.json"), lambda route: route.fulfill(status=200))
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.state("ready")
    app.hook("settings-button").click()
    expect(app.hook("setting-engine").locator("option")).to_have_count(2)
    assert app.hook("setting-engine").locator("option").nth(1).get_attribute("value") == "rtdetr"


def test_models_that_are_not_here_give_way_to_the_standard_ones(page: Page, server: StaticServer) -> None:
    page.add_init_script("sessionStorage.once ??= localStorage['lunula.engine'] = 'rtdetr'")
    page.route(re.compile("rtdetr"), lambda route: route.fulfill(status=404))
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.state("ready")
    expect(app.hook("error")).to_be_hidden()
    expect(app.hook("status")).to_have_text(re.compile("standard ones"))
    app.hook("sample-1").click()
    app.state("painted")
    assert page.evaluate("localStorage['lunula.engine']") == ""


def test_the_language_changes_at_once_and_stays(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(f"{server.url}/?backend=wasm")
    app.state("ready")
    app.hook("settings-button").click()
    app.hook("setting-language").select_option("ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#settings-title")).to_have_text("الإعدادات")
    app.hook("settings-close").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    app.hook("sample-1").click()
    app.state("painted")
    expect(app.hook("status")).to_have_text(re.compile("^عُثر على .* أظافر$"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_statistics_mirror_and_camera(
    playwright: Playwright, server: StaticServer, samples: list[Sample], tmp_path: Path
) -> None:
    film = tmp_path / "hand.y4m"
    write_y4m([samples[2].photo], film, size=(480, 640), frames=4)
    with open_chromium(playwright, camera=film) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        app = AppPage(chromium.context.new_page()).open(server.url + "/?backend=wasm")
        app.hook("start-camera").click()
        app.state("camera")
        expect(app.hook("stats")).to_be_hidden()
        expect(app.page.locator("html")).to_have_attribute("data-mirrored", "")
        app.hook("settings-button").click()
        expect(app.hook("setting-camera").locator("option")).to_have_count(2)
        app.hook("setting-statistics").check()
        app.hook("setting-mirror").select_option("off")
        app.hook("settings-close").click()
        app.state("camera")
        expect(app.page.locator("html")).not_to_have_attribute("data-mirrored", "")
        expect(app.hook("stats")).to_be_visible()
        expect(app.hook("stages")).to_have_text(re.compile(r"pass1 [\d.]+ · pass2"))
        expect(app.hook("input-size")).to_have_text(re.compile("wasm$"))
        expect(app.hook("tensors")).to_have_text(re.compile(r"^\d+ · [\d.]+ MB$"))
        expect(app.hook("memory")).to_have_text(re.compile(r"^[\d.]+ MB$"))
