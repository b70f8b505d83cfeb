"""The evaluation's record (JSON) and its tables in the terminal."""

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from rich.table import Table

from models.evaluation.details import Details
from models.evaluation.metrics import Summary
from models.evaluation.run import Result
from models.evaluation.tables import TextTable


def record(
    command: Sequence[str], ran: dict[str, Any], summary: Summary, details: Details, results: Sequence[Result]
) -> dict[str, Any]:
    """Everything that another session needs to compare with: what ran, on which versions, the figures, every photo."""
    return {
        "command": list(command),
        "ran": ran,
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("torch", "numpy", "pillow", "scipy", "playwright")},
        },
        "summary": summary.as_dict(),
        "details": details.as_dict(),
        "photos": [_photo(result) for result in results],
    }


def terminal(table: TextTable) -> Table:
    """A table for rich's console."""
    made = Table(*table.heads, title=table.title, title_justify="left")
    for column in made.columns[1:]:
        column.justify = "right"
    for row in table.rows:
        made.add_row(*row)
    return made


def _photo(result: Result) -> dict[str, Any]:
    score = result.score
    return {
        "name": result.photo.name,
        "nails": score.nails,
        "image_iou": score.image_iou,
        "predictions": [
            {"confidence": confidence, "matched_iou": iou}
            for confidence, iou in zip(score.confidences, score.matched, strict=True)
        ],
    }
