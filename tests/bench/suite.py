"""Everything that is measured, in one run: `scons bench` calls it.

python -m tests.bench.suite --out build/bench [--engines chromium firefox webkit] [--keep]

Writes results.json and report.html. --keep also puts the results among the committed ones, tests/bench/results, from
which docs/performance.md is made (python -m tests.bench.report --docs).
"""

import argparse
import json
import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import StaticServer
from tests.bench import choices, start
from tests.bench.compare import CONTENDERS, SCENES, compare, open_peers, tell, web_service
from tests.bench.peer_files import mount_peers
from tests.bench.report import write_html
from tests.bench.scaling import BASE, run_plan, scaling
from tests.bench.sequences.films import FILMS
from tests.bench.sequences.run import develop, projector, rows
from tests.conftest import ROOT, TIMEOUT_MS
from tests.faults.engines import ENGINES, Engine, x_display

RESULTS = ROOT / "tests" / "bench" / "results"
FORMAT = "lunula-suite-1"
# In the browsers beside Chromium: enough for a ratio.
FEW = ("lunula", "tasks-vision")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.suite", description=__doc__.split("\n")[0])
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--frames", type=int, default=15)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "results.json"
    # Parts that are not asked for stay as they were.
    results = json.loads(path.read_text()) if path.is_file() and len(options.parts) < len(PARTS) else {}
    results |= {"format": FORMAT, "date": datetime.now(UTC).isoformat(timespec="seconds"), **machine()}
    load = results.setdefault("load", {})
    with sync_playwright() as playwright:
        for part in options.parts:
            print(f"— {part}", flush=True)
            before = os.getloadavg()[0]
            results[part] = PARTS[part](playwright, options)
            # Processes that wanted a core, the minute before and the last minute of it.
            load[part] = [round(before, 1), round(os.getloadavg()[0], 1)]
            path.write_text(json.dumps(results, indent=1) + "\n")
    write_html(results, options.out / "report.html")
    print(f"{path} and report.html")
    if options.keep:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"suite-{results['date'][:10]}.json").write_text(json.dumps(results, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """Where this runs, and what."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    head = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    words = f"{cpu or platform.processor()}, {os.cpu_count()} cores, {platform.system()}; no GPU"
    return {"machine": words, "commit": head.stdout.strip()}


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def peers(playwright: Playwright, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Lunula and its peers, every scene in Chromium, one in the others."""
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        StaticServer(options.dist) as server,
        x_display() as display,
        web_service() as flask,
    ):
        mount_peers(server, Path(folder))
        for name in options.engines:
            engine = Engine(name, playwright, display)
            main_engine = name == "chromium"
            for scene in SCENES if main_engine else SCENES[:1]:
                page = open_peers(engine, server)
                wanted = CONTENDERS if main_engine and scene == "one hand" else CONTENDERS[:5] if main_engine else FEW
                try:
                    found = compare(page, scene, wanted, options.rounds, options.frames, flask)
                except Exception as error:  # an engine that cannot is told of, the others go on
                    print(f"{name}, {scene}: {error}")
                    continue
                finally:
                    page.close()
                rows.append({"engine": name, **found})
                tell(rows[-1])
            engine.close()
    return rows


def cost(playwright: Playwright, options: argparse.Namespace) -> dict[str, Any]:
    """What the cost grows with."""
    with open_chromium(playwright) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        return scaling(chromium.context, options.dist, frames=options.frames)


def profile(playwright: Playwright, options: argparse.Namespace) -> dict[str, Any]:
    """The benchmark page itself: stages, throughput, accuracy on the samples."""
    frames = {"frames": 4 * options.frames}
    steps = [{**BASE, "scene": scene, **frames} for scene in SCENES] + [{**BASE, "seconds": 5}]
    with open_chromium(playwright) as chromium, StaticServer(options.dist) as server:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        return run_plan(chromium.context, server.url, steps, accuracy=True)


def chosen(playwright: Playwright, options: argparse.Namespace) -> dict[str, Any]:
    """What the pipeline's choices bring."""
    with open_chromium(playwright) as chromium:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        return choices.measure(chromium.context, options.dist)


def first_nail(playwright: Playwright, options: argparse.Namespace) -> dict[str, Any]:
    """Cold and warm starts, and bytes."""
    return start.measure(playwright, options.dist)


def films(playwright: Playwright, options: argparse.Namespace) -> list[dict[str, Any]]:
    """How the overlay keeps to the nails of rendered films."""
    found: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        StaticServer(options.dist) as server,
        open_chromium(playwright) as chromium,
    ):
        page = chromium.context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        with projector(page, server, Path(folder)):
            for film in FILMS:
                found += rows(page, server, film, develop(film))
    return found


PARTS = {"profile": profile, "choices": chosen, "peers": peers, "cost": cost, "first_nail": first_nail, "films": films}

if __name__ == "__main__":
    main()
