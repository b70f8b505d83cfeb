"""docs/performance.md is what the committed results say; a report names only places where somebody measured."""

import json
from pathlib import Path

from tests.bench import goals, report


def test_the_page_is_made_from_the_committed_results() -> None:
    """All of it: what is edited in the page itself is lost when it is made again."""
    assert report.DOCS.read_text() == report.performance(), "run python -m tests.bench.report --docs"


def test_every_goal_is_told_and_none_is_reached_unmeasured() -> None:
    nothing = goals.verdicts({}, None)
    assert len(nothing) == 13
    assert {row.reached for row in nothing} == {None}
    assert {row.measured for row in nothing} == {"not measured"}


def test_frames_that_are_left_out_count_only_where_it_says_so() -> None:
    def run(scene: str, ms: float, shown: int) -> dict[str, object]:
        return {
            "scene": scene,
            "raw": [ms] * 60,
            "shown": shown,
            "stages": {"total": {"p50": ms}, "post": {"p50": 0.5}},
        }

    suite = {"profile": {"runs": [run("one hand", 15, 60), run("two hands", 27, 60), run("no hand", 6, 120)]}}
    rows = {row.goal: row for row in goals.verdicts(suite, None)}
    each, shown = rows["frame without a hand, beside a tracked one"], rows["the same, over all frames shown"]
    assert (each.measured, each.reached, shown.measured, shown.reached) == ("0.4 x", False, "0.2 x", True)


def test_a_report_without_a_gpu_has_no_row_of_one(tmp_path: Path) -> None:
    suite = report.last("suite")
    assert suite is not None
    rows = report.devices(suite, None)
    assert rows
    assert {row["backend"] for row in rows} == {"wasm"}
    report.write_html(json.loads(json.dumps(suite)), tmp_path / "report.html")
    assert suite["machine"].split(",")[0] in (tmp_path / "report.html").read_text()
