"""What the app keeps on the device and asks of it: installing, lasting storage, deleting, a photo over an update."""

import json
import re

from playwright.sync_api import Page, expect

from models.evaluation.static_server import Answer, StaticServer
from tests.browser.app_page import AppPage
from tests.browser.second_version import publish_second_version
from tests.conftest import Sample

# Chromium's event comes when it likes; headless, never.
PROMPT = """() => {
  const event = new Event('beforeinstallprompt', { cancelable: true })
  event.prompt = async () => { window.prompted = event.defaultPrevented; return { outcome: 'accepted' } }
  window.dispatchEvent(event)
}"""
IOS = """
  Object.defineProperty(navigator, 'standalone', { value: location.hash === '#installed' })
  Object.defineProperty(navigator, 'maxTouchPoints', { value: 5 })
"""
COUNT_ASKING = """() => {
  const ask = StorageManager.prototype.persist
  StorageManager.prototype.persist = function () {
    localStorage.asked = Number(localStorage.asked ?? 0) + 1
    return ask.call(this)
  }
}"""
LEFT = """async () => [
  ...await caches.keys(), ...(await indexedDB.databases()).map(({ name }) => name), ...Object.keys(localStorage),
  ...(await navigator.serviceWorker.getRegistrations()).filter(({ active }) => active).map(() => 'service worker'),
]"""


def test_the_install_button_is_there_while_the_browser_offers(page: Page, server: StaticServer) -> None:
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    expect(app.hook("install-button")).to_be_hidden()
    page.evaluate(PROMPT)
    app.hook("install-button").click()
    assert page.evaluate("window.prompted") is True
    expect(app.hook("install-button")).to_be_hidden()
    page.evaluate(PROMPT)
    expect(app.hook("install-button")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('appinstalled'))")
    expect(app.hook("install-button")).to_be_hidden()
    expect(app.hook("install-hint")).to_be_hidden()


def test_ios_is_told_of_the_share_sheet_until_it_is_installed(page: Page, server: StaticServer) -> None:
    page.add_init_script(IOS)
    app = AppPage(page).open(server.url + "/")
    expect(app.hook("install-hint")).to_be_visible()
    page.goto("about:blank")
    app.open(server.url + "/#installed")
    app.state("ready")
    expect(app.hook("install-hint")).to_be_hidden()


def test_lasting_storage_is_asked_for_once_after_the_first_painted_nail(
    page: Page, server: StaticServer, samples: list[Sample]
) -> None:
    page.add_init_script(f"({COUNT_ASKING})()")
    app = AppPage(page).open(server.url + "/")
    app.state("ready")
    assert page.evaluate("localStorage.asked") is None
    for _ in range(2):
        app.choose_photo(samples[0].photo)
        app.state("painted")
        page.wait_for_function("localStorage.asked === '1'")
        page.reload()
        app.state("ready")
    assert page.evaluate("localStorage.asked") == "1"


def test_storage_is_shown_and_deleted(page: Page, server: StaticServer, samples: list[Sample]) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    app.hook("settings-button").click()
    expect(app.hook("storage-used")).to_have_text(re.compile(r"^\d+\.\d MB"))
    app.hook("storage-clear").click()
    app.hook("clear-later").click()
    assert page.evaluate(LEFT) != []
    app.hook("storage-clear").click()
    app.hook("clear-accept").click()
    expect(app.hook("ready-offline")).to_be_hidden()
    app.hook("settings-close").click()
    page.wait_for_function(f"async () => (await ({LEFT})()).every((name) => name === 'service worker')")
    app.choose_photo(samples[0].photo)
    app.state("painted")
    page.goto("about:blank")
    seen = len(server.requests)
    app.open(server.url + "/").ready_offline()
    assert "/app.js" in server.paths(seen), "nothing was left, so it is a first visit again"


def test_a_shard_that_is_gone_is_not_called_ready(page: Page, server: StaticServer) -> None:
    """Ready offline means every shard: one is deleted and cannot be fetched again."""
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    page.evaluate(
        """() => new Promise((resolve, reject) => {
          const opening = indexedDB.open('lunula-models')
          opening.onsuccess = () => {
            const store = opening.result.transaction('shards', 'readwrite').objectStore('shards')
            store.getAllKeys().onsuccess = ({ target }) => {
              store.delete(target.result[0]).onsuccess = () => { opening.result.close(); resolve() }
            }
          }
          opening.onerror = reject
        })"""
    )
    server.stop()
    page.reload()
    app.state("error")
    expect(app.hook("ready-offline")).to_be_hidden()
    server.start()
    app.hook("error-retry").click()
    app.ready_offline()


def test_an_update_keeps_the_photo_and_the_models(page: Page, server: StaticServer, samples: list[Sample]) -> None:
    app = AppPage(page).open(server.url + "/")
    app.ready_offline()
    app.choose_photo(samples[0].photo)
    app.state("painted")
    app.choose_shade("pine")
    publish_second_version(server)
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
    expect(app.hook("update")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.state") == "painted"
    seen = len(server.requests)
    with page.expect_navigation():
        app.hook("update-accept").click()
    app.state("painted")
    app.ready_offline()
    expect(app.hook("canvas")).to_have_attribute("data-color", "#1d4b3c")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--second-version')") == "1"
    asked = server.paths(seen)
    assert not [path for path in asked if path.endswith(".bin")], "the models are the same"
    assert page.url == server.url + "/"


# Every state of the bar, as it is shown.
WATCH_BAR = """() => {
  window.bar = []
  const watch = () => {
    const bar = document.querySelector('[data-testid=download]')
    if (bar?.hasAttribute('value') && bar.max > 1 && window.bar.at(-1)?.[0] !== bar.value) {
      window.bar.push([bar.value, bar.max])
    }
    requestAnimationFrame(watch)
  }
  watch()
}"""


def test_the_bar_counts_bytes_and_a_cut_download_goes_on(page: Page, server: StaticServer) -> None:
    manifest = json.loads((server.root / "models/manifest.json").read_text())
    last = "/models/" + manifest["models"]["nail_patch"]["variants"]["float16"]["shards"][-1]["path"]
    server.faults[last] = lambda body: Answer(body, cut_after=len(body) // 2)
    page.add_init_script(f"({WATCH_BAR})()")
    app = AppPage(page).open(server.url + "/?backend=wasm")
    app.state("error")
    expect(app.hook("ready-offline")).to_be_hidden()
    server.faults.clear()
    seen = len(server.requests)
    app.hook("error-retry").click()
    app.ready_offline()
    bins = [path for path in server.paths(seen) if path.startswith("/models/") and path.endswith(".bin")]
    assert bins == [last], "what had arrived is not fetched again"
    asked = {path for path in server.paths() if path.startswith("/models/") and not path.endswith("manifest.json")}
    total = sum((server.root / path[1:]).stat().st_size for path in asked)
    assert {most for _, most in page.evaluate("window.bar")} == {total}
