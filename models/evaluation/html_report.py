"""The HTML report: one file that needs nothing from outside."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.evaluation.details import Details
from models.evaluation.overlays import error, overlay, worst
from models.evaluation.run import Result
from models.evaluation.svg import bars, reliability_diagram
from models.evaluation.tables import TextTable


def html_report(
    title: str, command: Sequence[str], tables: Sequence[TextTable], details: Details, results: Sequence[Result]
) -> str:
    """The page as text: tables, plots, the worst cases as overlays."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True, trim_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        title=title,
        command=" ".join(command),
        tables=tables,
        plots=_plots(details),
        cases=[_case(result) for result in worst(results)],
    )


def _plots(details: Details) -> list[dict[str, Any]]:
    made = {"reliability: part correct over confidence": reliability_diagram(details.reliability)}
    for title, figure in (("matched IoU", "matched_iou"), ("recall", "recall")):
        rows = [(f"{subset.group}: {subset.name}", getattr(subset, figure)) for subset in details.subsets]
        made[f"{title} by subset"] = bars(rows, 1.0, title)
    if details.edge_cases:
        for title, figure in (("matched IoU", "matched_iou"), ("recall", "recall"), ("precision", "precision")):
            rows = [(case.name, case.summary.as_dict()[figure]) for case in details.edge_cases]
            made[f"{title} of degraded photos"] = bars(rows, 1.0, title)
    # Made by svg.py from numbers and escaped names.
    return [{"title": title, "svg": Markup(svg)} for title, svg in made.items()]


def _case(result: Result) -> dict[str, Any]:
    score = result.score
    hits = sum(iou is not None for iou in score.matched)
    return {
        "name": result.photo.name,
        "jpeg": base64.b64encode(overlay(result)).decode(),
        "error": f"{error(score):.2f}",
        "missed": score.nails - hits,
        "false": len(score.matched) - hits,
        "nails": score.nails,
    }
