"""docs/faults.md is what tests/faults/matrix.py writes, for the rows that there are, and each row has its test."""

import re
from pathlib import Path

import pytest

from tests.faults.matrix import Matrix
from tests.faults.rows import ROWS


def test_the_page_has_every_row_in_order_and_no_other(repo_root: Path) -> None:
    page = (repo_root / "docs/faults.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")][2:]
    assert [(row[1], row[-1]) for row in rows] == [(row.fault, row.then) for row in ROWS.values()], (
        "write it anew: .venv/bin/pytest tests/faults --fault-matrix docs/faults.md"
    )
    assert "failed" not in {cell.strip("*") for row in rows for cell in row[2:5]}


def test_every_row_has_a_test() -> None:
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    for row in ROWS:
        assert f'"{row}"' in sources or re.search(rf'f"{row.split("-")[0]}-\{{', sources), row


def test_the_page_tells_what_passed_failed_and_cannot_be() -> None:
    matrix = Matrix(None)
    row = next(iter(ROWS))
    matrix.passed[row, "chromium"] = 2
    matrix.failed[row, "firefox"] = 1
    matrix.cannot[row, "webkit"] = "it has none"
    page = matrix.page()
    assert f"| {ROWS[row].fault} | ✓ 2 | **failed** | – (1) |" in page
    assert "\n1. it has none\n" in page
    assert page.count("not run") == 3 * (len(ROWS) - 1)


def test_a_row_that_is_not_known_is_refused(pytester_item: pytest.Item) -> None:
    with pytest.raises(pytest.UsageError, match="no-such-row"):
        Matrix(None).pytest_collection_modifyitems([pytester_item])


@pytest.fixture
def pytester_item(request: pytest.FixtureRequest) -> pytest.Item:
    class Item:
        nodeid = "test.py::test"

        def iter_markers(self, _: str) -> list[pytest.Mark]:
            return [pytest.mark.fault("no-such-row").mark]

    return Item()  # type: ignore[return-value]
