"""A shop's page without https: no service worker, no `crypto.subtle`; photos are painted all the same."""

from urllib.parse import urlsplit

from playwright.sync_api import Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.conftest import Sample

# Any name but localhost: an address of this machine would count as secure.
HOST = "shop.test"
PAINT = """async (photo) => {
  const { NailTryOn } = await import('./index.js')
  const tryOn = await NailTryOn.create({ backend: 'wasm', store: 'memory' })
  const nails = await tryOn.paint(await (await fetch(photo)).blob(), document.createElement('canvas'))
  await tryOn.close()
  return { secure: isSecureContext, nails: nails.length }
}"""


def test_shards_are_checked_and_a_photo_painted(
    playwright: Playwright, server: StaticServer, samples: list[Sample]
) -> None:
    with open_chromium(playwright, args=(f"--host-resolver-rules=MAP {HOST} 127.0.0.1",)) as chromium:
        page = chromium.context.new_page()
        page.goto(f"http://{HOST}:{urlsplit(server.url).port}/benchmark.html")
        told = page.evaluate(PAINT, f"samples/{samples[0].photo.name}")
    assert not told["secure"]
    assert told["nails"] >= 3
    assert any(url.endswith("/digest.js") for url in chromium.requests())
