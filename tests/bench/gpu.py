"""The benchmark page on a machine with a GPU.

python -m tests.bench.gpu --site DIR                     what such a machine needs: dist without what is not fetched
python -m tests.bench.gpu --check RESULT.json            tells a result against the goals; 1 when it is no whole result
python -m tests.bench.gpu --keep RESULT.json --machine "one NVIDIA H200"   puts it among the committed results

With --keep: --also MORE.json "another machine" adds the runs of another result; --service FILE.json the web service's
latency there (tests.bench.service_latency).
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

RESULTS = ROOT / "tests" / "bench" / "results"
FORMAT = "lunula-benchmark-1"
# Never fetched by the page: compressed copies, types, documents, the app.
LEFT_OUT = ("*.br", "*.gz", "types", "*.md", "LICENSE", "app.*", "sw.js", "icons")
# backend, percentile, milliseconds from frame to nails: one hand, five nails, 640x480 (issue 7, Reach).
GOALS = [("webgl", "p50", 10), ("webgl", "p95", 14), ("webgpu", "p50", 6)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.bench.gpu", description=__doc__.split("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--site", type=Path, metavar="DIR")
    what.add_argument("--check", type=Path, metavar="RESULT.json")
    what.add_argument("--keep", type=Path, metavar="RESULT.json")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--machine", help="keep: what it was measured on")
    parser.add_argument("--also", nargs=2, action="append", default=[], metavar=("RESULT.json", "MACHINE"))
    parser.add_argument("--service", type=Path, metavar="FILE.json", help="keep: the web service on that machine")
    options = parser.parse_args(arguments)
    if options.site:
        shutil.copytree(options.dist, options.site, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
        networks(options.dist, options.site)
        for name in ("fused.html", "fused.js"):
            shutil.copy(ROOT / "tests" / "bench" / name, options.site)
        size = sum(path.stat().st_size for path in options.site.rglob("*") if path.is_file())
        print(f"{options.site}: {size / 1e6:.1f} MB; serve it, open benchmark.html?run=gpu, wait for window.__result")
        print("networks.html?only=webgl&budget=30 times each network by itself; the same")
        print(
            "fused.html?only=webgl&budget=30: RT-DETR's operators fused and one by one; the same, after `scons rtdetr`"
        )
        return 0
    result = json.loads((options.check or options.keep).read_text())
    faults = check(result)
    if options.keep and not faults:
        if not options.machine:
            parser.error("--keep needs --machine")
        RESULTS.mkdir(exist_ok=True)
        parts = [
            (result, options.machine),
            *((json.loads(Path(path).read_text()), name) for path, name in options.also),
        ]
        result["runs"] = [run for part, machine in parts for run in placed(part, machine)]
        if options.service:
            result["service"] = json.loads(options.service.read_text())
        out = RESULTS / f"gpu-{result['date'][:10]}.json"
        out.write_text(json.dumps({"machine": options.machine, **result}, indent=1) + "\n")
        print(f"kept as {out.relative_to(ROOT)}")
    return 1 if faults else 0


def networks(dist: Path, site: Path) -> None:
    """A page beside the benchmark's that times each network by itself, our executors and TensorFlow.js in turns."""
    page = ROOT / "tests" / "bench" / "networks"
    shutil.copy(page / "networks.html", site)
    graphs = sorted(path for path in dist.glob("models/*/float16/model.json") if "rtdetr" not in str(path))
    for script in sorted(page.glob("web*.ts")):
        out = site / f"networks_{script.stem}.js"
        bundle = ROOT / "site_scons" / "node" / "bundle_backend.mjs"
        account = out.with_suffix(".json")
        subprocess.run(["node", bundle, script.stem, script, out, account, *graphs], cwd=ROOT, check=True)
        account.unlink()


def placed(result: dict[str, Any], machine: str) -> list[dict[str, Any]]:
    """The runs of a result, each with where it was measured."""
    where = {"machine": machine, "date": result["date"], "browser": result["environment"]["browser"]}
    return [{**run, **where, "isolated": result["environment"]["isolated"]} for run in result["runs"]]


def check(result: dict[str, Any]) -> list[str]:
    """Prints a result and returns what makes it no result."""
    if result.get("format") != FORMAT:
        print(fault := f"no result: {result.get('error', result.keys())}")
        return [fault]
    where = result["environment"]
    print(f"{result['date']}, {result['seconds']} s\nWebGL: {where['webgl']}\nWebGPU: {where['webgpu']}")
    faults = []
    for run in result["runs"]:
        setup, stages = run["setup"], run["stages"]
        times = ", ".join(f"{name} {stage['p50']:.2f}" for name, stage in stages.items())
        total = stages["total"]
        rate = f", {run['perSecond']:.0f} a second" if run["perSecond"] else ""
        print(
            f"{setup['engine']} {run['backend']} tier {setup['tier']}, {run['scene']}, {run['width']}x{run['height']}: "
            f"p50 {total['p50']:.2f}, p95 {total['p95']:.2f} ms{rate}, {run['nails']:g} nails, "
            f"{len(run['raw'])} frames\n    {times}"
        )
        if run["scene"] == "one hand" and run["nails"] < 4:
            faults.append(f"{run['backend']}: {run['nails']:g} nails of one hand")
    for backend, percentile, goal in GOALS:
        run = tracked(result, backend)
        if run is None:
            print(f"goal, {backend} {percentile}: not measured")
            continue
        value = run["stages"]["total"][percentile]
        print(f"goal, {backend} {percentile}: {value:.2f} ms, {'within' if value <= goal else 'OVER'} {goal} ms")
    faults += [] if result["runs"] else ["no run at all"]
    print("\n".join([*result["notes"], *faults]) or "nothing left out")
    return faults


def tracked(result: dict[str, Any], backend: str, scene: str = "one hand") -> dict[str, Any] | None:
    """The run of a scene at 640x480, frame by frame, with everything else as it comes."""
    return next(
        (
            run
            for run in result["runs"]
            if (run["backend"], run["scene"], run["width"], run["height"]) == (backend, scene, 640, 480)
            and (run["setup"]["engine"], run["setup"]["tier"], run["perSecond"]) == ("cascade", "auto", None)
        ),
        None,
    )


if __name__ == "__main__":
    sys.exit(main())
