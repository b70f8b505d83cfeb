"""Nothing leaves the origin, ever; during try-on nothing is requested at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from models.evaluation.chromium import Chromium, open_chromium
from models.evaluation.dist_session import DistSession
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer
from tests.browser.app_page import AppPage
from tests.conftest import TIMEOUT_MS, Sample
from tests.proxy import Proxy

# A camera try-on until so many frames have come back; resolves to the number of nails in each.
FILM = """async (frames) => {
  const { NailTryOn } = await import('/index.js')
  const tryOn = await NailTryOn.create({ assets: '/', backend: 'wasm' })
  const video = document.body.appendChild(document.createElement('video'))
  video.muted = video.playsInline = true
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true })
  await video.play()
  const canvas = document.body.appendChild(document.createElement('canvas'))
  self.ready = true
  await new Promise((resolve) => { self.go = resolve })
  const counts = []
  const seen = new Promise((resolve, reject) => {
    tryOn.addEventListener('frame', ({ detail }) => counts.push(detail.nails.length) === frames && resolve())
    tryOn.addEventListener('error', ({ detail }) => reject(detail.error))
  })
  await tryOn.start(video, canvas)
  await seen
  tryOn.polish = { color: '#14a046', finish: 'matte' }
  tryOn.stop()
  return counts
}"""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as started:
        yield started


@pytest.fixture
def watched(playwright: Playwright, proxy: Proxy, samples: list[Sample], tmp_path: Path) -> Iterator[Chromium]:
    """Chromium with a camera, whose every way out of the machine is the proxy."""
    film = tmp_path / "hands.y4m"
    write_y4m([samples[0].photo, samples[5].photo], film, size=(320, 240), frames=10)
    with open_chromium(playwright, camera=film, args=proxy.flags) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        yield chromium


def assert_silent(chromium: Chromium, server: StaticServer, proxy: Proxy) -> None:
    foreign = [url for url in chromium.requests() if not url.startswith(server.url + "/")]
    assert not foreign
    assert not proxy.asked


def test_the_proxy_would_see_a_request(watched: Chromium, server: StaticServer, proxy: Proxy) -> None:
    """The instrument itself: an address outside is seen by both recorders."""
    session = DistSession(watched.context.new_page(), server)
    session.page.evaluate("fetch('http://elsewhere.example/pixel.gif').catch(() => 0)")
    assert any("elsewhere.example" in line for line in proxy.asked)
    assert any("elsewhere.example" in url for url in watched.requests())


def test_the_page_asks_only_its_own_origin(watched: Chromium, server: StaticServer, proxy: Proxy) -> None:
    page = watched.context.new_page()
    page.goto(server.url + "/")
    page.wait_for_function("navigator.serviceWorker.getRegistration().then((found) => Boolean(found?.active))")
    page.wait_for_load_state("networkidle")
    page.reload(wait_until="networkidle")
    assert_silent(watched, server, proxy)


def test_the_whole_app_asks_only_for_news_of_itself(
    watched: Chromium, server: StaticServer, proxy: Proxy, samples: list[Sample]
) -> None:
    """A person's whole visit, once the app is stored: photo, polish, sample, camera, saving."""
    app = AppPage(watched.context.new_page()).open(server.url + "/?backend=wasm")
    app.ready_offline()
    served = len(server.requests)
    app.choose_photo(samples[0].photo)
    app.state("painted")
    app.choose_shade("pine")
    with app.page.expect_download():
        app.hook("save-button").click()
    app.hook("close-button").click()
    app.hook("sample-1").click()
    app.state("painted")
    app.hook("close-button").click()
    app.hook("start-camera").click()
    app.state("camera")
    app.hook("close-button").click()
    app.page.reload()
    app.ready_offline()
    assert set(server.paths(served)) <= {"/sw.js", "/models/manifest.json"}
    assert_silent(watched, server, proxy)


def test_a_photo_try_on_requests_nothing(
    watched: Chromium, server: StaticServer, proxy: Proxy, samples: list[Sample]
) -> None:
    session = DistSession(watched.context.new_page(), server).create(backend="wasm")
    session.detect(samples[0].photo.read_bytes())  # loads what photos need of the SDK
    assert {"/still.js", "/photo.js"} <= set(server.paths())
    asked, served = len(watched.requests()), len(server.requests)
    for sample, color in zip(samples[::4], ("#8a0f2c", "#14a046", "#f0d0d8"), strict=True):
        session.detect(sample.photo.read_bytes())
        session.paint(sample.photo.read_bytes(), {"color": color, "finish": "gloss"})
    assert [path for path in server.paths(served) if not path.startswith("/evaluation/")] == []
    assert watched.requests(asked) == []
    assert_silent(watched, server, proxy)


def test_a_camera_try_on_requests_nothing(watched: Chromium, server: StaticServer, proxy: Proxy) -> None:
    page = DistSession(watched.context.new_page(), server).page
    page.evaluate(f"() => {{ self.film = ({FILM})(5); self.film.catch(() => {{ self.ready = true }}) }}")
    page.wait_for_function("self.ready")
    asked, served = len(watched.requests()), len(server.requests)
    page.evaluate("self.go?.()")
    assert len(page.evaluate("self.film")) >= 5
    assert server.paths(served) == []
    assert watched.requests(asked) == []
    assert_silent(watched, server, proxy)
