"""What was measured, as a page for people and as docs/performance.md.

python -m tests.bench.report --docs            writes docs/performance.md from the last committed results
python -m tests.bench.report --docs --check    only says whether it is as it would be written
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import jinja2

from tests.bench import goals, plots
from tests.conftest import ROOT

HERE = Path(__file__).parent
RESULTS = HERE / "results"
DOCS = ROOT / "docs" / "performance.md"


def last(kind: str) -> dict[str, Any] | None:
    """The newest committed result of a kind: suite or gpu."""
    found = sorted(RESULTS.glob(f"{kind}-*.json"))
    return json.loads(found[-1].read_text()) if found else None


def devices(suite: dict[str, Any], gpu: dict[str, Any] | None) -> list[dict[str, Any]]:
    """A row for each place where frames were measured; nothing that nobody measured."""
    rows = []
    for peers in suite.get("peers", []):
        times = peers["summaries"].get("lunula")
        if times:
            rows.append(_device(suite, peers["browser"], peers["engine"], "wasm", peers["task"]["scene"], times))
    for run in (gpu or {}).get("runs", []):
        asked = run["setup"]
        if asked["tier"] == "auto" and run["perSecond"] is None and run["width"] == 640:
            engine = asked["engine"]
            words = [run["backend"], "" if engine == "cascade" else engine, "isolated page" if run["isolated"] else ""]
            backend = ", ".join(filter(None, words))
            rows.append(_device(run, run["browser"], "chromium", backend, run["scene"], run["stages"]["total"]))
    return rows


def _device(
    where: dict[str, Any], browser: str, engine: str, backend: str, scene: str, times: dict[str, float]
) -> dict[str, Any]:
    version = browser.rsplit(") ", maxsplit=1)[-1].replace("(KHTML, like Gecko) ", "")
    place = {"machine": where["machine"], "date": where["date"][:10], "engine": engine, "version": version}
    return {**place, "backend": backend, "scene": scene, "times": times}


def context(suite: dict[str, Any], gpu: dict[str, Any] | None) -> dict[str, Any]:
    """What both forms are made of."""
    return {
        "suite": suite,
        "gpu": gpu,
        "goals": goals.verdicts(suite, gpu),
        "devices": devices(suite, gpu),
    }


def write_html(suite: dict[str, Any], out: Path) -> None:
    """The report of one run."""
    gpu = last("gpu")
    charts = []
    for row in suite.get("peers", []):
        bars = [(name, times["p50"], times["p95"]) for name, times in row["summaries"].items()]
        name = f"Milliseconds a frame: {row['engine']}, {row['task']['scene']}"
        charts.append({"title": name, "svg": plots.bars(bars, name)})
    for kind, rows in suite.get("cost", {}).items():
        svg = plots.stacked([(row["at"], row["stages"]) for row in rows], kind)
        charts.append({"title": f"Cost over {kind}", "svg": svg, "text": goals.LIMITS.get(kind, "")})
    page = _environment().get_template("report.html.j2")
    out.write_text(page.render(**context(suite, gpu), charts=charts, legend=plots.legend()))


def performance() -> str:
    """docs/performance.md. Raises FileNotFoundError without committed results."""
    suite = last("suite")
    if suite is None:
        raise FileNotFoundError(f"no {RESULTS.relative_to(ROOT)}/suite-*.json; python -m tests.bench.suite --keep")
    return _environment().get_template("performance.md.j2").render(**context(suite, last("gpu")), limits=goals.LIMITS)


def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(HERE)
    return jinja2.Environment(
        loader=loader,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=lambda name: bool(name) and ".html" in str(name),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.bench.report", description=__doc__.split("\n")[0])
    parser.add_argument("--docs", action="store_true", required=True)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    text = performance()
    if options.check:
        same = text == DOCS.read_text()
        print("as committed" if same else f"{DOCS.relative_to(ROOT)} is not what the results say; leave out --check")
        return 0 if same else 1
    DOCS.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
