"""How long until the first painted nail, and how many bytes: python -m tests.bench.start [--out FILE.json].

Cold: an empty browser, 4G (9 Mbit/s, 170 ms). Warm: the app was here before, and there is no network. Both on WASM, the
backend that every browser has; the photo is on the device.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.bench.slow_network import slow_network
from tests.browser.app_page import AppPage
from tests.conftest import PHOTOS, ROOT, TIMEOUT_MS
from tests.sdk.gt_nails import data_url

PHOTO = PHOTOS / "kg_4c4a6402-e402.jpg"
# Runs before the page's own scripts, on a page that starts nothing by itself.
FIRST_NAIL = """addEventListener('DOMContentLoaded', async () => {
  const { NailTryOn } = await import(new URL('index.js', location.href).href)
  const tryOn = await NailTryOn.create({ backend: 'wasm' })
  const photo = new Image()
  photo.src = PHOTO_URL
  await photo.decode()
  const nails = await tryOn.paint(photo, document.createElement('canvas'))
  window.firstNail = { ms: performance.now(), nails: nails.length }
})"""


def first_nail(page: Page, url: str) -> dict[str, Any]:
    """Milliseconds from the navigation to the painted picture, and its nails."""
    from PIL import Image

    with Image.open(PHOTO) as photo:
        page.add_init_script(FIRST_NAIL.replace("PHOTO_URL", json.dumps(data_url(photo.convert("RGB")))))
    page.goto(f"{url}/benchmark.html")
    for _ in range(TIMEOUT_MS // 20):
        if found := page.evaluate("window.firstNail"):
            return dict(found)
        page.wait_for_timeout(20)
    raise TimeoutError("no nail was painted")


def cold(playwright: Playwright, dist: Path) -> dict[str, Any]:
    with StaticServer(dist) as server, slow_network(server.port) as port, open_chromium(playwright) as chromium:
        found = first_nail(chromium.context.new_page(), f"http://localhost:{port}")
        suffixes = {"br": ".br", "gzip": ".gz", "identity": ""}
        files = {r.path: dist / (r.path.lstrip("/") + suffixes[r.encoding]) for r in server.requests if r.status == 200}
        return {**found, "bytes": {path: file.stat().st_size for path, file in files.items()}}


def warm(playwright: Playwright, dist: Path, runs: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, StaticServer(dist) as server:
        profile = Path(folder) / "profile"
        with open_chromium(playwright, profile=profile) as online:
            online.context.set_default_timeout(TIMEOUT_MS)
            AppPage(online.context.new_page()).open(server.url + "/").ready_offline()
        server.stop()
        found = []
        for _ in range(runs):
            with open_chromium(playwright, profile=profile) as offline:
                found.append(first_nail(offline.context.new_page(), server.url))
        return found


def measure(playwright: Playwright, dist: Path, runs: int = 3) -> dict[str, Any]:
    """Medians of so many runs each, and the bytes of a cold one."""
    colds = [cold(playwright, dist) for _ in range(runs)]
    warms = warm(playwright, dist, runs)
    return {
        "cold_ms": statistics.median(one["ms"] for one in colds),
        "warm_ms": statistics.median(one["ms"] for one in warms),
        "bytes": sum(colds[0]["bytes"].values()),
        "files": colds[0]["bytes"],
        "raw": {"cold_ms": [one["ms"] for one in colds], "warm_ms": [one["ms"] for one in warms]},
    }


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.start", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        found = measure(playwright, options.dist, options.runs)
    print(f"cold {found['cold_ms']:.0f} ms, warm {found['warm_ms']:.0f} ms, {found['bytes']:,} bytes")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
