"""Lunula and its peers in one page, taking turns: python -m tests.bench.compare [--engines chromium] [--out FILE.json].

Prints medians and their ratios to Lunula's. Times of different runs are not to be compared, ratios within one are.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from models.evaluation.static_server import StaticServer
from tests.bench.peer_files import mount_peers
from tests.conftest import ROOT
from tests.faults.engines import ENGINES, Engine, EnginePage, x_display

SIZE = {"width": 640, "height": 480}
CONTENDERS = (
    *("lunula", "tasks-vision", "@mediapipe/hands", "onnxruntime-web", "naive cascade", "naive rtdetr"),
    *("flask 0 ms", "flask 100 ms", "flask 500 ms"),
)
SCENES = ("one hand", "two hands", "no hand")


def compare(
    page: EnginePage, scene: str, contenders: Sequence[str], rounds: int, frames: int, flask: str | None = None
) -> dict[str, Any]:
    """What peers/page.ts measured. flask: address of the web service."""
    asked = {"task": {"scene": scene, **SIZE}, "contenders": list(contenders), "rounds": rounds, "frames": frames}
    found: dict[str, Any] = page.evaluate("return compare(arg)", {**asked, "flaskUrl": flask})
    return found


@contextmanager
def web_service() -> Iterator[str | None]:
    """The address of the Flask service, open to every page; None without the weights that it needs."""
    try:
        service = import_module("tests.bench.flask_service")
        app = service.create_app(round_trip_ms=0)
    except (ImportError, FileNotFoundError) as missing:
        print(f"no web service: {missing}")
        yield None
        return

    @app.after_request
    def allow(response: Any) -> Any:
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    with service.running(app) as url:
        yield url


def open_peers(engine: Engine, server: StaticServer) -> EnginePage:
    """A page of an engine with everything that is compared."""
    page = engine.open()
    page.goto(f"{server.url}/peers/page.html")
    page.evaluate("while (!globalThis.compare) await new Promise((resolve) => setTimeout(resolve, 50))")
    return page


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.compare", description=__doc__.split("\n")[0])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["chromium"])
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS))
    parser.add_argument("--scenes", nargs="+", default=list(SCENES))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--frames", type=int, default=15)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    results = []
    with (
        tempfile.TemporaryDirectory() as folder,
        StaticServer(options.dist) as server,
        sync_playwright() as playwright,
        x_display() as display,
        web_service() as flask,
    ):
        mount_peers(server, Path(folder))
        for name in options.engines:
            engine = Engine(name, playwright, display)
            for scene in options.scenes:
                page = open_peers(engine, server)
                result = compare(page, scene, options.contenders, options.rounds, options.frames, flask)
                page.close()
                results.append({"engine": name, **result})
                tell(results[-1])
            engine.close()
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n")


def tell(result: dict[str, Any]) -> None:
    ours = result["summaries"].get("lunula", {}).get("p50")
    print(f"{result['engine']}, {result['task']['scene']}")
    for name, times in result["summaries"].items():
        ratio = f", ours is {ours / times['p50']:.2f} of it" if ours else ""
        print(f"  {name:18} p50 {times['p50']:7.2f}, p95 {times['p95']:7.2f} ms{ratio}")
    print("  stages: " + ", ".join(f"{name} {ms:.2f}" for name, ms in result["stages"].items()))
    for name, why in result["failures"].items():
        print(f"  {name}: {why}")


if __name__ == "__main__":
    main()
