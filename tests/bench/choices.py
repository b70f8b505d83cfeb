"""What the pipeline's choices bring on WASM, each beside its alternative, in turns: a part of `scons bench`."""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext

from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import ROOT
from tests.sdk.conftest import bundle_with_esbuild

ROUNDS = 25


def measure(context: BrowserContext, dist: Path, rounds: int = ROUNDS) -> dict[str, dict[str, Any]]:
    """Medians in milliseconds: by choice, by way."""
    with tempfile.TemporaryDirectory() as folder, StaticServer(dist) as server:
        server.faults["/choices"] = lambda _: Answer(b"<!doctype html>", headers={"Content-Type": "text/html"})
        out = Path(folder) / "choices.js"
        script = bundle_with_esbuild(ROOT, ROOT / "tests/bench/choices.ts", out, "--format=iife")
        page = context.new_page()
        page.goto(f"{server.url}/choices")
        page.add_script_tag(path=script)
        raw = page.evaluate("(rounds) => choices(rounds)", rounds)
        page.close()
    return {
        choice: {way: round(statistics.median(times), 2) for way, times in ways.items()} for choice, ways in raw.items()
    }
