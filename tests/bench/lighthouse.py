"""Lighthouse on the built app, mobile settings: the scores, and what costs points. `scons lighthouse` calls it.

    python -m tests.bench.lighthouse [--dist dist] [--runs 3] [--least 95]

Each run is a first visit: a browser with nothing stored. Throttling is Lighthouse's own for mobile (a slow phone on
slow 4G, simulated from what was loaded), so a machine's load shows in the figures: the median of the runs counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from models.evaluation.chromium import FLAGS, executable
from models.evaluation.static_server import StaticServer

COMMAND = "node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")
# What Lighthouse weighs in its performance score, and in which unit.
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index")
TIMEOUT_S = 240


def run_lighthouse(url: str, categories: tuple[str, ...] = CATEGORIES) -> dict[str, Any]:
    """Lighthouse's own report on one first visit, as it writes it. Raises RuntimeError with what it said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            COMMAND, url, "--quiet", "--form-factor=mobile", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(categories)}", f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        ]  # fmt: skip
        environment = {**os.environ, "CHROME_PATH": executable()}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )  # fmt: skip
        if done.returncode != 0 or not report.is_file():
            raise RuntimeError(f"lighthouse failed:\n{done.stdout}\n{done.stderr}")
        found: dict[str, Any] = json.loads(report.read_text())
        return found


def scores(report: dict[str, Any]) -> dict[str, float]:
    """Category -> 0..100."""
    return {name: 100 * category["score"] for name, category in report["categories"].items()}


def losses(report: dict[str, Any]) -> list[str]:
    """A line for each audit that costs points, the category's name first."""
    lines = []
    for name, category in report["categories"].items():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] > 0 and audit["score"] is not None and audit["score"] < 1:
                value = audit.get("displayValue", "")
                lines.append(
                    f"{name}: {audit['id']} {100 * audit['score']:.0f} of 100, {audit['title']} {value}".strip()
                )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Command line; 1 when a score is below the least one that was asked for."""
    options = _parser().parse_args(arguments)
    with StaticServer(options.dist, isolated=True) as server:
        reports = [run_lighthouse(server.url + "/") for _ in range(options.runs)]
    runs = [scores(report) for report in reports]
    median = {name: statistics.median(run[name] for run in runs) for name in CATEGORIES}
    for name in CATEGORIES:
        print(f"{name:16} {median[name]:5.0f}   runs: {', '.join(f'{run[name]:.0f}' for run in runs)}")
    middle = min(reports, key=lambda report: abs(scores(report)["performance"] - median["performance"]))
    for name in TIMES:
        print(f"{name:26} {middle['audits'][name]['displayValue']}")
    for line in losses(middle):
        print(f"  {line}")
    return int(min(median.values()) < options.least)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench.lighthouse", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--least", type=float, default=95, help="fail below this score, 0 to 100")
    return parser


if __name__ == "__main__":
    sys.exit(main())
