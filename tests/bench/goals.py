"""What is to be reached (issue 7), against what was measured; a goal that nobody measured says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.gpu import tracked

# What the cost grows with, in words.
LIMITS = {
    "frame size, thousands of pixels": "Copying the frame grows with it (one over 1280 pixels a side is drawn smaller "
    "first); the networks' inputs do not.",
    "nails": "Pass 2 grows by a patch with every candidate; pass 1 looks at each hand, however many nails it shows. "
    "Nails are hidden with their fingertips; what is covered so leaves candidates that pass 2 turns down, so few nails "
    "are not the cheapest here.",
    "hands": "Each hand is a look of pass 1 and the patches of its nails; without one, the hand detector alone looks.",
    "tier of pass 1": "Pass 1 grows with the tier's area, everything else stays.",
    "threads": "2: an isolated page, where the SDK takes threads if its own probe finds them faster.",
}


@dataclass(frozen=True)
class Verdict:
    """One line of the table."""

    goal: str
    wanted: str
    measured: str
    reached: bool | None  # None: not measured


def verdicts(suite: dict[str, Any], gpu: dict[str, Any] | None) -> list[Verdict]:
    """Every goal, in the issue's order."""
    one, two = _peers(suite, "one hand"), _peers(suite, "two hands")
    first = suite.get("first_nail", {})
    return [
        _most("tracked frame, one hand, WASM, beside tasks-vision", 0.5, _ratio(one, "lunula", "tasks-vision"), "x"),
        _most("the same, two hands", 0.8, _ratio(two, "lunula", "tasks-vision"), "x"),
        _most("tracked frame, WebGL on a GPU, p50", 10, _gpu(gpu, "webgl", "p50"), "ms"),
        _most("the same, p95", 14, _gpu(gpu, "webgl", "p95"), "ms"),
        _most("tracked frame, WebGPU on a GPU, p50", 6, _gpu(gpu, "webgpu", "p50"), "ms"),
        _most("frame without a hand, beside a tracked one", 0.3, _without_a_hand(suite), "x"),
        _most("the same, over all frames shown", 0.3, _without_a_hand(suite, of_shown=True), "x"),
        _least("faster than the naive way", 15, _naive(one), "x"),
        _least("lower latency than the web service at 100 ms, on the GPU machine", 10, _service(gpu), "x"),
        _most("cold start to the first painted nail, 4G", 6000, first.get("cold_ms"), "ms"),
        _most("warm, offline", 1200, first.get("warm_ms"), "ms"),
        _most("bytes to the first painted nail", 4_000_000, first.get("bytes"), "bytes"),
        _most("post-processing, five nails, WASM", 1, _post(suite), "ms"),
    ]


def _most(goal: str, most: float, value: float | None, unit: str) -> Verdict:
    return _verdict(goal, "≤", most, value, unit, lambda v: v <= most)


def _least(goal: str, least: float, value: float | None, unit: str) -> Verdict:
    return _verdict(goal, "≥", least, value, unit, lambda v: v >= least)


def _verdict(
    goal: str, sign: str, bound: float, value: float | None, unit: str, good: Callable[[float], bool]
) -> Verdict:
    measured = "not measured" if value is None else f"{_number(value)} {unit}"
    return Verdict(goal, f"{sign} {_number(bound)} {unit}", measured, None if value is None else good(value))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def _peers(suite: dict[str, Any], scene: str) -> dict[str, Any]:
    rows = suite.get("peers", [])
    found = [row for row in rows if row["engine"] == "chromium" and row["task"]["scene"] == scene]
    return found[0]["summaries"] if found else {}


def _ratio(summaries: dict[str, Any], above: str, below: str) -> float | None:
    if above not in summaries or below not in summaries:
        return None
    return float(summaries[above]["p50"] / summaries[below]["p50"])


def _naive(summaries: dict[str, Any]) -> float | None:
    """The large network on the whole of every frame; the cascade without tracking is no stand-in for it."""
    return _ratio(summaries, "naive rtdetr", "lunula")


def _service(gpu: dict[str, Any] | None) -> float | None:
    """The service's PyTorch on the GPU too, beside the fastest backend there, which is what `auto` takes."""
    if not gpu or "service" not in gpu:
        return None
    runs = [run for name in ("webgl", "webgpu", "wasm") if (run := tracked(gpu, name))]
    times = [run["stages"]["total"]["p50"] for run in runs if run["machine"] == gpu["machine"]]
    return float(gpu["service"]["p50"] / min(times)) if times else None


def _without_a_hand(suite: dict[str, Any], of_shown: bool = False) -> float | None:
    """Of a frame that is looked at. of_shown: the same time over all that were shown, as some are left out."""
    runs = {run["scene"]: run for run in suite.get("profile", {}).get("runs", [])[:3]}
    if not {"no hand", "one hand"} <= runs.keys():
        return None
    none, one = runs["no hand"], runs["one hand"]
    looked_at = len(none["raw"])
    share = looked_at / (none.get("shown") or looked_at) if of_shown else 1.0
    return float(share * none["stages"]["total"]["p50"] / one["stages"]["total"]["p50"])


def _post(suite: dict[str, Any]) -> float | None:
    runs = suite.get("profile", {}).get("runs", [])
    found = [run["stages"]["post"]["p50"] for run in runs[:3] if run["scene"] == "one hand"]
    return found[0] if found else None


def _gpu(gpu: dict[str, Any] | None, backend: str, percentile: str) -> float | None:
    run = tracked(gpu, backend) if gpu else None
    return run["stages"]["total"][percentile] if run else None
