"""What the cost of a frame grows with: the benchmark page's plans, on WASM in Chromium.

Steps of one kind take turns (256, 512, 256, 512 …), so that a busy moment of the machine does not look like a slope.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import BrowserContext

from models.evaluation.static_server import StaticServer

SETUP = {"engine": "cascade", "backend": "wasm", "precision": "float16", "tier": "auto"}
BASE: dict[str, Any] = {"setup": SETUP, "scene": "one hand", "width": 640, "height": 480}
SIZES = [(320, 240), (640, 480), (1280, 720), (1920, 1080)]
TIERS = [256, 320, 384, 448, 512]
# Name of the plot, what is along it, the steps by their place on it.
KINDS: dict[str, list[tuple[float, dict[str, Any]]]] = {
    "frame size, thousands of pixels": [(w * h / 1000, {**BASE, "width": w, "height": h}) for w, h in SIZES],
    "nails": [(n, {**BASE, "scene": "two hands", "nails": n}) for n in range(1, 11)],
    "hands": [(i, {**BASE, "scene": scene}) for i, scene in enumerate(("no hand", "one hand", "two hands"))],
    "tier of pass 1": [(tier, {**BASE, "setup": {**SETUP, "tier": tier}}) for tier in TIERS],
}
TIMEOUT_S = 600


def run_plan(context: BrowserContext, url: str, steps: list[dict[str, Any]], accuracy: bool = False) -> dict[str, Any]:
    """What the benchmark page measures of steps."""
    page = context.new_page()
    plan = {"steps": steps, "accuracy": accuracy, "budget": TIMEOUT_S}
    page.goto(f"{url}/benchmark.html?run=plan&plan={quote(json.dumps(plan))}")
    for _ in range(TIMEOUT_S * 2):
        if text := page.evaluate("window.__result"):
            page.close()
            result: dict[str, Any] = json.loads(text)
            if "error" in result:
                raise RuntimeError(result["error"])
            return result
        page.wait_for_timeout(500)
    raise TimeoutError("the benchmark page did not come to an end")


def scaling(context: BrowserContext, dist: Path, rounds: int = 2, frames: int = 12) -> dict[str, list[dict[str, Any]]]:
    """By kind: rows of where on the axis, what was found there, and each stage's median."""
    found = {}
    with StaticServer(dist) as server:
        for kind, steps in KINDS.items():
            asked = [{**step, "frames": frames} for _ in range(rounds) for _, step in steps]
            runs = run_plan(context, server.url, asked)["runs"]
            found[kind] = [_row(at, runs[index :: len(steps)]) for index, (at, _) in enumerate(steps)]
    found["threads"] = _threads(context, dist, rounds, frames)
    return found


def _threads(context: BrowserContext, dist: Path, rounds: int, frames: int) -> list[dict[str, Any]]:
    """One thread against as many as the browser gives an isolated page, where the SDK finds them faster."""
    with StaticServer(dist) as plain, StaticServer(dist, isolated=True) as isolated:
        servers = [plain, isolated] * rounds
        runs = [run_plan(context, server.url, [{**BASE, "frames": frames}])["runs"][0] for server in servers]
    return [_row(at, runs[at - 1 :: 2]) for at in (1, 2)]


def _row(at: float, runs: list[dict[str, Any]]) -> dict[str, Any]:
    names = runs[0]["stages"]
    stages = {name: round(float(np.median([run["stages"][name]["p50"] for run in runs])), 3) for name in names}
    return {"at": at, "nails": float(np.median([run["nails"] for run in runs])), "stages": stages}
