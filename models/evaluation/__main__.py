"""Scores a folder of images/*.jpg and masks/*.png (instance-labelled: 0 background, k the k-th nail, 255 ignored).

`--via torch` runs the PyTorch networks with the native core, `--via dist` the built SDK in headless Chromium. Figures
are taken with photo and mask scaled to 432 px on the longest side where they are larger.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from models.evaluation.cases import examine
from models.evaluation.degradations import DEGRADATIONS
from models.evaluation.details import detail
from models.evaluation.edge_cases import edge_cases
from models.evaluation.engines import Closeable, open_engine
from models.evaluation.html_report import html_report
from models.evaluation.metrics import summarise
from models.evaluation.negatives import count, negative_photos, tally
from models.evaluation.options import parser
from models.evaluation.photos import DataError, read_folder
from models.evaluation.pseudo import read_meta
from models.evaluation.renders import read_renders, render_figures
from models.evaluation.report import record, terminal
from models.evaluation.run import run, write_masks
from models.evaluation.tables import detail_tables, summary_table

T = TypeVar("T")


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    options = parser(__doc__).parse_args(arguments)
    command = ["python", "-m", "models.evaluation", *(sys.argv[1:] if arguments is None else arguments)]
    with TemporaryDirectory() as scratch:
        return evaluate(options, command, Path(scratch))


def evaluate(options: Namespace, command: list[str], scratch: Path) -> int:
    """Scores, tells, writes; returns the exit status. scratch: an empty folder for renders."""
    console = Console(stderr=True)

    def progress(steps: Iterable[T], what: str, total: int) -> list[T]:
        return list(track(steps, what, total, console=console))

    try:
        photos = read_folder(options.data)
        meta = read_meta(options.meta) if options.meta else {}
        empty = negative_photos(options.negatives) if options.negatives else []
        beside = _summary_of(options.beside) if options.beside else None
        keep = write_masks(options.out) if options.out else None
        drawn, rotations = read_renders(options.renders, scratch) if options.renders else ([], {})
        engine: Closeable = open_engine(options.via, options)
    except (DataError, OSError, ValueError, RuntimeError) as error:
        console.print(f"models.evaluation: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    with closing(engine):
        results = progress(run(engine, photos), "scoring", len(photos))
        summary = summarise([result.score for result in results])
        counts = progress(count(engine, empty), "hand-free photos", len(empty)) if empty else []
        degraded = (
            progress(edge_cases(engine, photos, summary), "degraded photos", len(DEGRADATIONS))
            if options.degradations
            else ()
        )
        rendered = progress(run(engine, drawn), "renders", len(drawn)) if drawn else []
        ran = {
            "engine": options.engine,
            "variant": options.variant,
            "via": options.via,
            "data": str(options.data),
            **engine.describe(),
        }
    if keep:
        for result in results:
            keep(result)
    cases = progress((examine(result, meta) for result in results), "subsets", len(results))
    exact = (
        progress((examine(result, {}) for result in rendered), "renders' figures", len(rendered)) if rendered else []
    )
    renders = render_figures(exact, rotations) if exact else None
    details = detail(cases, tally(counts) if counts else None, degraded, renders)
    title = f"{options.engine} via {options.via}, {options.data}"
    tables = [summary_table(title, summary.as_dict(), beside), *detail_tables(details)]
    for table in tables:
        Console().print(terminal(table))
    if options.json:
        _write(options.json, json.dumps(record(command, ran, summary, details, results), indent=1) + "\n")
    if options.report:
        _write(options.report, html_report(title, command, tables, details, results))
    return 0


def _summary_of(path: Path) -> dict[str, Any]:
    """The summary in another run's record."""
    try:
        found = json.loads(path.read_text())["summary"]
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(f"{path} is no record of this evaluation (expected what --json writes)") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} is no record of this evaluation (expected what --json writes)")
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
