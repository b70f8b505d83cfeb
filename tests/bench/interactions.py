"""Interaction to next paint while inference runs: what a touch costs when the camera is being painted.

    python -m tests.bench.interactions [--dist dist] [--touches 40] [--slowdown 1]

Chromium plays a film of a hand as the camera; the networks compute in their worker on WASM without a pause. Swatches
are touched with real input events; the browser's own event timing (PerformanceEventTiming, as INP counts it) says how
long each touch took to its next paint. Told are the median, the 98th percentile (INP) and the worst, in ms, with and
without inference. slowdown: CDP's CPU throttling of the page's main thread, 4 for a slow phone.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.fake_camera import write_y4m
from models.evaluation.static_server import StaticServer

PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
HAND = Path("sdk_src/app/samples/kg_4c4a6402-e402.jpg")
TIMEOUT_MS = 120_000

# By interaction: the longest of its events, as INP counts it; the browser rounds to 8 ms and tells none under 16.
# `page` is the part that the page's own main thread takes, until its handlers are done; the rest is drawing.
WATCH = """() => {
  window.interactions = new Map()
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, startTime, processingEnd } of list.getEntries()) {
      if (!interactionId || duration <= (interactions.get(interactionId)?.duration ?? 0)) continue
      interactions.set(interactionId, { duration, page: processingEnd - startTime })
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
}"""

Durations = dict[str, list[float]]


def touch(page: Page, touches: int) -> Durations:
    """What each touch took, ms, shortest first: to its next paint, and the page's part. Not told: under 16."""
    page.evaluate("interactions.clear()")
    swatches = page.locator("[data-testid^=swatch-]:visible")
    count = swatches.count()
    for i in range(touches):
        swatches.nth(i % count).tap()
        page.wait_for_timeout(150)
    page.wait_for_timeout(500)
    told: list[dict[str, float]] = page.evaluate("[...interactions.values()]")
    short = [16.0] * (touches - len(told))
    return {
        "to the next paint": sorted(short + [each["duration"] for each in told]),
        "of it in the page": sorted(short + [each["page"] for each in told]),
    }


def measure(playwright: Playwright, dist: Path, touches: int, slowdown: float) -> dict[str, Durations]:
    """Durations without and with inference."""
    with tempfile.TemporaryDirectory() as folder, StaticServer(dist, isolated=True) as server:
        film = Path(folder) / "hand.y4m"
        write_y4m([HAND], film, frames=10)
        with open_chromium(playwright, camera=film, **PHONE) as chromium:
            chromium.context.set_default_timeout(TIMEOUT_MS)
            page = chromium.context.new_page()
            page.goto(server.url + "/?backend=wasm")
            page.wait_for_selector("html[data-state=ready]")
            throttle(page, slowdown)
            page.evaluate(WATCH)
            before = touch(page, touches)
            page.get_by_test_id("start-camera").tap()
            page.wait_for_selector("html[data-state=camera]")
            page.wait_for_timeout(
                2000
            )  # opening the camera is an interaction, too, but not the one that is asked about
            return {"without inference": before, "with inference": touch(page, touches)}


def throttle(page: Page, slowdown: float) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})


def row(name: str, durations: list[float]) -> str:
    """A line of the report."""
    inp = durations[round(0.98 * (len(durations) - 1))]
    return f"{name:40} median {statistics.median(durations):4.0f}   98 % {inp:4.0f}   worst {durations[-1]:4.0f} ms"


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    options: Any = _parser().parse_args(arguments)
    with sync_playwright() as playwright:
        found = measure(playwright, options.dist, options.touches, options.slowdown)
    for name, parts in found.items():
        for part, durations in parts.items():
            print(row(f"{name}, {part}", durations))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench.interactions", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument("--touches", type=int, default=40)
    parser.add_argument("--slowdown", type=float, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
