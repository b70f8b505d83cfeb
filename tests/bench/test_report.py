"""docs/performance.md is what the committed results say; a report names only places where somebody measured."""

import json
from pathlib import Path

from tests.bench import goals, report


def test_the_page_is_made_from_the_committed_results() -> None:
    """All of it: what is edited in the page itself is lost when it is made again."""
    assert report.DOCS.read_text() == report.performance(), "run python -m tests.bench.report --docs"


def test_every_goal_is_told_and_none_is_reached_unmeasured() -> None:
    nothing = goals.verdicts({}, None)
    assert len(nothing) == 12
    assert {row.reached for row in nothing} == {None}
    assert {row.measured for row in nothing} == {"not measured"}


def test_a_report_without_a_gpu_has_no_row_of_one(tmp_path: Path) -> None:
    suite = report.last("suite")
    assert suite is not None
    rows = report.devices(suite, None)
    assert rows
    assert {row["backend"] for row in rows} == {"wasm"}
    report.write_html(json.loads(json.dumps(suite)), tmp_path / "report.html")
    assert suite["machine"].split(",")[0] in (tmp_path / "report.html").read_text()
