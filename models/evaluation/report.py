"""The evaluation's record (JSON) and its table."""

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from rich.table import Table

from models.evaluation.metrics import Summary
from models.evaluation.run import Result

LABELS = {
    "image_iou": "mean image-level nail IoU",
    "matched_iou": "mean matched-instance IoU",
    "matched_iou_p10": "matched-instance IoU, 10th percentile",
    "recall": "recall at IoU 0.5",
    "precision": "precision at IoU 0.5",
    "ap50": "AP50",
    "photos": "photos",
    "photos_with_nails": "photos that hold nails",
    "nails": "nails",
    "predictions": "predicted nails",
}


def record(command: Sequence[str], ran: dict[str, Any], summary: Summary, results: Sequence[Result]) -> dict[str, Any]:
    """Everything that another session needs to compare with: what ran, on which versions, the figures, every photo."""
    return {
        "command": list(command),
        "ran": ran,
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("torch", "numpy", "pillow", "playwright")},
        },
        "summary": summary.as_dict(),
        "photos": [_photo(result) for result in results],
    }


def table(title: str, summary: Summary) -> Table:
    """The figures, one a row."""
    made = Table("figure", "value", title=title, title_justify="left")
    made.columns[1].justify = "right"
    for name, value in summary.as_dict().items():
        text = "–" if value is None else str(value) if isinstance(value, int) else f"{value:.4f}"
        made.add_row(LABELS[name], text)
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
