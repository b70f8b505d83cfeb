"""Films through the SDK's engine and tracker in Chromium."""

import dataclasses
import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from models.evaluation.static_server import Answer, FaultHook, StaticServer
from tests.bench.sequences.films import FILMS, FPS, FRAMES, SEEN, Film, Nail, frame
from tests.bench.sequences.score import Drawn, Score, score
from tests.conftest import ROOT
from tests.sdk.conftest import bundle_with_esbuild

QUALITY = 95
GIVEN = {"networks": False, "truth": True}  # what the tracker is given
LATENCIES_MS = (25, 80)  # a fast device's inference, which keeps up with the film, and a slow one's

Developed = list[tuple[bytes, list[Nail]]]


def _develop(name: str, first: int, end: int) -> Developed:
    film = next(film for film in FILMS if film.name == name)
    rows = []
    for index in range(first, end):
        rgb, nails = frame(film, index)
        out = io.BytesIO()
        Image.fromarray(rgb).save(out, "JPEG", quality=QUALITY, subsampling=0)
        rows.append((out.getvalue(), nails))
    return rows


def develop(film: Film, frames: int = FRAMES) -> Developed:
    """JPEG and truth of each frame."""
    half = frames // 2
    with ProcessPoolExecutor(2) as pool:
        parts = [pool.submit(_develop, film.name, *part) for part in ((0, half), (half, frames))]
        return [row for part in parts for row in part.result()]


@contextmanager
def projector(page: Page, server: StaticServer, scratch: Path) -> Iterator[None]:
    """Makes `overlay` known to a page of the server. scratch: for the bundle."""
    html = {"Content-Type": "text/html"}
    server.faults["/film"] = lambda _: Answer(b"<!doctype html>", headers=html)
    script = bundle_with_esbuild(ROOT, ROOT / "tests/bench/sequences/page.ts", scratch / "film.js", "--format=iife")
    page.goto(f"{server.url}/film")
    page.add_script_tag(path=script)
    yield


def watch(page: Page, server: StaticServer, developed: Developed, latency_ms: float, exact: bool = False) -> Score:
    """The score of a film, when each inference takes so long. exact: the tracker is given the truth, as late."""
    urls = [f"/film/{index}.jpg" for index in range(len(developed))]
    for url, (jpeg, _) in zip(urls, developed, strict=True):
        server.faults[url] = _picture(jpeg)
    truth = [nails for _, nails in developed]
    places = [[(nail.x, nail.y, nail.length, nail.hand) for nail in nails if nail.visible >= SEEN] for nails in truth]
    asked = {"frames": urls, "frameMs": 1000 / FPS, "latencyMs": latency_ms, "exact": places if exact else None}
    watched = page.evaluate("(film) => overlay(film)", asked)
    drawn = [[Drawn(*nail) for nail in nails] for nails in watched["drawn"]]
    given = {int(at): [Drawn(0, x, y) for x, y, _ in nails] for at, nails in watched["given"].items()}
    return score(truth, drawn, given)


def rows(page: Page, server: StaticServer, film: Film, developed: Developed) -> Iterator[dict[str, Any]]:
    """Every score of a film, as JSON holds it."""
    for given, exact in GIVEN.items():
        for latency in LATENCIES_MS:
            found = dataclasses.asdict(watch(page, server, developed, latency, exact))
            known = {key: None if value != value else round(value, 3) for key, value in found.items()}
            yield {"film": film.name, "given": given, "latency_ms": latency, **known}


def _picture(jpeg: bytes) -> FaultHook:
    return lambda _: Answer(jpeg, headers={"Content-Type": "image/jpeg"})
