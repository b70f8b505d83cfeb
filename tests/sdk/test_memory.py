"""Nothing grows: tensors, the core's arena and the heap over a video; everything is given back by `close`."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.conftest import TIMEOUT_MS, Sample
from tests.sdk.session_page import open_page, url_of, workers_left

# Memory is measured at once, not with the next garbage collection, which may be minutes away.
EAGER = ("--enable-blink-features=ForceEagerMeasureMemory", "--js-flags=--expose-gc")
# Bytes in 10,000 frames.
SLOPE_MOST = 1e6
# A whole number of measurements, evenly spread.
POINTS = 10

# 640 x 480, 60 frames a second, a hand that moves to and fro.
FILM = """async (url) => {
  const photo = await bitmapOf(url)
  const screen = Object.assign(document.createElement('canvas'), { width: 640, height: 480 })
  const context = screen.getContext('2d')
  const scale = Math.min(600 / photo.width, 480 / photo.height)
  let step = 0
  window.playing = setInterval(() => {
    context.drawImage(photo, 20 * Math.sin(step++ / 30), 0, photo.width * scale, photo.height * scale)
  }, 16)
  window.video = Object.assign(document.createElement('video'), { srcObject: screen.captureStream(60), muted: true })
  window.canvas = document.createElement('canvas')
  window.frames = 0
  void video.play()
}"""


@pytest.fixture
def measured(playwright: Playwright, serve: Callable[..., StaticServer]) -> Iterator[Callable[..., Page]]:
    """`opened` of the other tests, in a browser that tells its memory: that takes cross-origin isolation."""
    with open_chromium(playwright, args=EAGER) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        yield open_page(chromium.context.new_page(), serve(isolated=True))


def heap(page: Page) -> int:
    """Bytes of the page and its workers: JavaScript, WebAssembly, canvases; without garbage."""
    for worker in page.workers:
        worker.evaluate("gc()")
    page.evaluate("gc()")
    return int(page.evaluate("performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)"))


def counters(page: Page) -> dict[str, Any]:
    """Listeners and nodes of the page."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Memory.getDOMCounters")
    session.detach()
    return {name: found[name] for name in ("nodes", "jsEventListeners")}


def watch(page: Page, frames: int) -> list[tuple[int, int, str]]:
    """(frames, heap bytes, tensors and arena) at POINTS points of a running video, after a first tenth."""
    page.evaluate("tryOn.addEventListener('frame', () => { frames++; told.length = 0 })")
    page.evaluate("tryOn.start(video, canvas)")
    found = []
    for point in range(1, POINTS + 1):
        page.wait_for_function(f"frames >= {frames * point // POINTS}", timeout=1_800_000)
        memory = page.evaluate("tryOn.memory()")
        found.append((page.evaluate("frames"), heap(page), str(memory)))
    page.evaluate("tryOn.stop()")
    return found


def slope(points: list[tuple[int, int, str]]) -> float:
    """Bytes of heap in 10,000 frames: the line of least squares."""
    frames, bytes_, _ = zip(*points, strict=True)
    return float(np.polyfit(frames, bytes_, 1)[0] * 10_000)


def test_tensors_and_arena_are_flat_over_200_frames(measured: Callable[..., Page], samples: list[Sample]) -> None:
    page = measured()
    page.evaluate(FILM, url_of(samples[0]))
    points = watch(page, 200)
    assert len({memory for *_, memory in points}) == 1


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_memory_is_flat_over_10000_frames(measured: Callable[..., Page], samples: list[Sample]) -> None:
    page = measured()
    page.evaluate(FILM, url_of(samples[0]))
    points = watch(page, 10_000)
    for frames, bytes_, memory in points:
        print(f"{frames:6} frames: heap {bytes_:,} bytes, {memory}")
    print(f"slope {slope(points):+,.0f} bytes in 10,000 frames")
    assert len({memory for *_, memory in points}) == 1
    assert slope(points) < SLOPE_MOST


# A whole life: from the store, one photo, one video's start, close.
LIFE = """async () => {
  await create()
  const { length } = await tryOn.detect(photo)
  const memory = await tryOn.memory()
  await tryOn.start(video, canvas)
  await tryOn.close()
  tryOn = undefined
  told.length = 0
  return `${length} ${JSON.stringify(memory)}`
}"""


def live(page: Page, times: int) -> list[tuple[int, dict[str, Any]]]:
    """Heap and counters after each tenth life of so many, or each one of few."""
    lives, found = set(), []
    for life in range(times):
        lives.add(page.evaluate(LIFE))
        assert workers_left(page, 0)
        if life % max(times // POINTS, 1) == 0:
            found.append((heap(page), counters(page)))
    assert len(lives) == 1, "each life sees the same nails and the same memory"
    return found


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.long)])
def test_lives_end_where_they_began(measured: Callable[..., Page], samples: list[Sample], times: int) -> None:
    page = measured(create=False, store="indexeddb")
    page.evaluate(FILM, url_of(samples[0]))
    page.evaluate("async (url) => { window.photo = await bitmapOf(url) }", url_of(samples[0]))
    page.evaluate(LIFE)  # what the browser itself keeps after a first one
    assert workers_left(page, 0)
    found = live(page, times)
    for bytes_, count in found:
        print(f"heap {bytes_:,} bytes, {count}")
    assert found[-1][1] == found[0][1]
    # The heap wanders by some pages of memory; a single life's models alone are 2.6 MB.
    assert found[-1][0] - found[0][0] < 1e6
    # A handle that is left open would block this.
    deleted = """async () => {
      for (const { name } of await indexedDB.databases()) {
        await new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name)
          request.onsuccess = resolve
          request.onblocked = () => reject(new Error(`${name} is still open`))
        })
      }
    }"""
    page.evaluate(deleted)
