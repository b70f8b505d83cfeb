"""A page with a try-on of the built dist, and small helpers in it; `opened` in conftest.py gives it to tests."""

from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import Sample
from tests.sdk.gt_nails import data_url

Evaluate = Callable[..., Any]

# In the page: `tryOn`, what it told, and small helpers.
SETUP = """async (options) => {
  const sdk = await import('/index.js')
  window.told = []
  window.codeOf = (promise) => promise.then(() => 'no error', ({ code, message }) => [code, message])
  window.bitmapOf = async (url) => createImageBitmap(await (await fetch(url)).blob())
  window.create = async (more) => {
    window.tryOn = await sdk.NailTryOn.create({ assets: '/', store: 'memory', ...options, ...more })
    for (const type of ['frame', 'state', 'error', 'recovered']) {
      tryOn.addEventListener(type, ({ detail }) => {
        told.push([type, detail.state ?? detail.error?.code ?? detail.backend])
      })
    }
  }
  window.until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}"""


def open_page(page: Page, server: StaticServer) -> Callable[..., Page]:
    """`open_page(…)(backend="webgl")`: a page with a ready `tryOn`; create=False leaves that to the test."""
    server.faults["/blank"] = lambda _: Answer(b"<!doctype html>", headers={"Content-Type": "text/html"})
    page.goto(f"{server.url}/blank")

    def run(*, create: bool = True, **options: Any) -> Page:
        page.evaluate(SETUP, {"backend": "wasm", **options})
        if create:
            page.evaluate("create()")
        return page

    return run


def workers_left(page: Page, count: int) -> bool:
    """Waits until the page has so many workers; the browser tells of their end a little later."""
    while len(page.workers) != count:
        page.wait_for_timeout(20)
    return True


def url_of(sample: Sample, scale: float = 1) -> str:
    with Image.open(sample.photo) as photo:
        size = (round(photo.width * scale), round(photo.height * scale))
        return data_url(photo.convert("RGB").resize(size, Image.Resampling.BICUBIC))
