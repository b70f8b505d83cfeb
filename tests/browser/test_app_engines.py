"""Chromium, Firefox, WebKit: all but the first download works offline after a restart; an accepted update is there."""

import base64
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Playwright

from models.evaluation.static_server import StaticServer
from tests.browser.second_version import publish_second_version
from tests.conftest import TIMEOUT_MS, Sample
from tests.faults.engines import ENGINES, Engine, EnginePage, x_display

STEPS = Path(__file__).with_name("app_steps.js").read_text()

# Every way in and every way on, one after the other; resolves to what was seen.
TOUR = """
await readyOffline()
const seen = {}
choose(arg.photo)
await state('painted')
seen.nails = hook('status').textContent
const before = hook('canvas').toDataURL()
hook('swatch-pine').click()
await until(() => hook('canvas').dataset.color === '#1d4b3c', 'another shade')
seen.repainted = hook('canvas').toDataURL() !== before
// Another finish, a finger of its own, a longer tip: each is painted anew.
const repainted = async (name, act) => {
  const old = hook('canvas').toDataURL()
  act()
  await until(() => hook('canvas').toDataURL() !== old, name)
}
hook('tab-finish').click()
await repainted('glitter', () => hook('finish-glitter').click())
hook('tab-fingers').click()
hook('finger-ring').click()
hook('tab-color').click()
await repainted('a ring finger of its own', () => hook('swatch-antique-gold').click())
hook('tab-shape').click()
await repainted('almond', () => hook('shape-almond').click())
hook('finger-chip').click()
hook('slider-button').click()
seen.slider = shown('split')
hook('slider-button').click()
// Chosen in Settings, at once.
hook('settings-button').click()
hook('setting-language').value = 'de'
hook('setting-language').dispatchEvent(new Event('change', { bubbles: true }))
seen.german = document.documentElement.lang === 'de' && hook('settings').open
hook('settings-close').click()
hook('share-button').click()
seen.share = shown('share-link')
hook('share-close').click()
const saved = new Promise((resolve) => {
  HTMLAnchorElement.prototype.click = function () { resolve(this.download) }
})
hook('save-button').click()
seen.saved = await saved
hook('close-button').click()
hook('sample-2').click()
await state('painted')
hook('close-button').click()
hook('start-camera').click()
await state('camera')
await until(() => hook('canvas').width > 1, 'a picture of the camera')
hook('close-button').click()
return seen
"""

VERSION = "return getComputedStyle(document.documentElement).getPropertyValue('--second-version').trim()"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with x_display() as name:
        yield name


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, playwright: Playwright, display: str) -> Iterator[Engine]:
    started = Engine(request.param, playwright, display)
    yield started
    started.close()


def do(page: EnginePage, steps: str, arg: Any = None) -> Any:
    return page.evaluate(STEPS + steps, arg)


def test_everything_works_offline_after_a_restart(
    engine: Engine, server: StaticServer, samples: list[Sample], tmp_path: Path
) -> None:
    address = server.url + "/?backend=wasm"
    online = engine.open_profile(tmp_path)
    online.goto(address)
    do(online, "await readyOffline()")
    online.close()
    server.stop()
    offline = engine.open_profile(tmp_path)
    try:
        offline.goto(address)
        photo = base64.b64encode(samples[0].photo.read_bytes()).decode()
        seen = do(offline, TOUR, {"photo": photo})
    finally:
        offline.close()
    assert seen["nails"][0] in "3456"
    assert seen["repainted"]
    assert seen["slider"]
    assert seen["german"]
    assert seen["share"]
    assert seen["saved"].endswith((".png", ".jpg"))


def test_an_accepted_update_is_there_at_once(engine: Engine, server: StaticServer) -> None:
    page = engine.open()
    page.goto(server.url + "/?backend=wasm")
    do(page, "await readyOffline()")
    publish_second_version(server)
    seen = len(server.requests)
    do(
        page,
        """await (await navigator.serviceWorker.getRegistration()).update()
      await until(() => shown('update'), 'the offer')
      setTimeout(() => hook('update-accept').click(), 200)""",
    )
    wait_for_version_two(page)
    do(page, "await readyOffline()")
    page.close()
    assert not [path for path in server.paths(seen) if path.endswith(".bin")]


def wait_for_version_two(page: EnginePage) -> None:
    """The page reloads meanwhile, and what runs in it then is lost: that is no failure yet."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while time.monotonic() < deadline:
        time.sleep(0.5)
        with suppress(Error, RuntimeError):
            if page.evaluate(VERSION) == "1":
                return
    pytest.fail("the second version did not come")
