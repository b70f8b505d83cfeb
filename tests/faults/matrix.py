"""Writes docs/faults.md from the tests that ran: pytest tests/faults --fault-matrix docs/faults.md."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.faults.engines import ENGINES
from tests.faults.rows import ROWS

HEAD = """# Faults

What was broken on purpose, in which engine, and what happens then. Generated from the tests of `tests/faults` that ran
(`pytest tests/faults --fault-matrix docs/faults.md`; rows left out of a run keep what they had); a number is how many
passed. Chromium and Firefox ESR are Debian's, WebKit is WebKitGTK, Safari's engine.
"""
COLUMNS = ["", "fault", "Chromium", "Firefox", "WebKit", "what happens"]


class Matrix:
    """Collects what the tests of each row came to, engine by engine."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.passed: dict[tuple[str, str], int] = defaultdict(int)
        self.failed: dict[tuple[str, str], int] = defaultdict(int)
        self.cannot: dict[tuple[str, str], str] = {}
        self._before: dict[tuple[str, str], str] = {}
        self._rows: dict[str, tuple[list[str], str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """A row must be known; an engine that cannot produce its fault says why."""
        for item in items:
            markers = list(item.iter_markers("fault"))
            name = engine_of(item)
            for marker in markers:
                if marker.args[0] not in ROWS:
                    raise pytest.UsageError(f'{item.nodeid}: "{marker.args[0]}" is no row of tests/faults/rows.py')
                if name in marker.kwargs:
                    self.cannot[marker.args[0], name] = str(marker.kwargs[name])
                    item.add_marker(pytest.mark.skip(str(marker.kwargs[name])))
            self._rows[item.nodeid] = ([str(marker.args[0]) for marker in markers], name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        rows, engine = self._rows.get(report.nodeid, ([], ""))
        for row in rows:
            if report.failed:
                self.failed[row, engine] += 1
            elif report.when == "call" and report.passed:
                self.passed[row, engine] += 1

    def pytest_sessionfinish(self) -> None:
        if self.path is not None:
            self.path.write_text(self.page(self.path.read_text() if self.path.is_file() else ""))

    def page(self, before: str = "") -> str:
        """The whole page, with the reasons below the table. before: the page as it was, for what did not run now."""
        self._before = _ticks(before)
        reasons: dict[str, int] = {}
        lines = [
            HEAD,
            "| | fault | Chromium | Firefox | WebKit | what happens |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        part = ""
        for key, row in ROWS.items():
            cells = " | ".join(self._cell(key, engine, reasons) for engine in ENGINES)
            lines.append(f"| {row.part if row.part != part else ''} | {row.fault} | {cells} | {row.then} |")
            part = row.part
        notes = [f"{number}. {reason}" for reason, number in reasons.items()]
        return "\n".join([*lines, "", *notes, ""])

    def _cell(self, row: str, engine: str, reasons: dict[str, int]) -> str:
        if self.failed[row, engine]:
            return "**failed**"
        if self.passed[row, engine]:
            return f"✓ {self.passed[row, engine]}"
        if (row, engine) in self.cannot:
            return f"– ({reasons.setdefault(self.cannot[row, engine], len(reasons) + 1)})"
        return self._before.get((row, engine), "not run")


def _ticks(page: str) -> dict[tuple[str, str], str]:
    """What an earlier run passed: (row, engine) -> cell."""
    keys = {(row.fault, row.then): key for key, row in ROWS.items()}
    ticks: dict[tuple[str, str], str] = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        key = keys.get((cells[1], cells[-1])) if len(cells) == len(COLUMNS) else None
        if key:
            ticks |= {(key, name): cell for name, cell in zip(ENGINES, cells[2:5], strict=True) if "✓" in cell}
    return ticks


def engine_of(item: pytest.Item) -> str:
    """The engine that a test runs in; empty where it needs none."""
    return str(item.callspec.params.get("engine", "")) if hasattr(item, "callspec") else ""
