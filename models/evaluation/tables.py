"""The figures as rows of text: the same rows for the terminal and for the HTML report."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.evaluation.details import Details
from models.evaluation.renders import RenderFigures

FIGURES = {
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


@dataclass(frozen=True)
class TextTable:
    """A title, column heads, and rows of cells."""

    title: str
    heads: list[str]
    rows: list[list[str]]


def number(value: float | int | None, form: str = ".4f") -> str:
    """A dash for nothing; counts as they are."""
    return "–" if value is None else str(value) if isinstance(value, int) else format(value, form)


def summary_table(
    title: str, summary: Mapping[str, float | int | None], beside: Mapping[str, float | int | None] | None
) -> TextTable:
    """The summary, beside another run's where there is one."""
    heads = ["figure", "value"] + (["beside", "difference"] if beside is not None else [])
    rows = []
    for name, label in FIGURES.items():
        row = [label, number(summary[name])]
        if beside is not None:
            mine, other = summary[name], beside.get(name)
            row += [number(other), number(mine - other if mine is not None and other is not None else None, "+.4g")]
        rows.append(row)
    return TextTable(title, heads, rows)


def detail_tables(details: Details) -> list[TextTable]:
    """Subsets, single figures, degradations."""
    made = [_single(details), _subsets(details)]
    if details.as_drawn:
        title = "the same where the masks were drawn, not where they are stored"
        made.insert(0, summary_table(title, details.as_drawn.as_dict(), None))
    if details.renders:
        made.append(_renders(details.renders))
    if details.edge_cases:
        names = list(details.edge_cases[0].loss)
        rows = []
        for case in details.edge_cases:
            figures = case.summary.as_dict()
            cells = [f"{number(figures[name])} ({number(case.loss[name], '+.1f')})" for name in names]
            rows.append([case.name, *cells])
        made.append(TextTable("degraded photos: figure (loss in points)", ["degradation", *names], rows))
    return made


def _single(details: Details) -> TextTable:
    fingers = details.fingers
    rows = [
        ["boundary F-score at 2 px, matched nails", number(details.boundary_f)],
        ["expected calibration error of confidence", number(details.ece)],
        ["matched nails with a reliable pseudo-label", number(fingers.nails)],
        ["finger identity right", number(fingers.accuracy)],
        ["direction error, median, degrees", number(fingers.direction_median, ".2f")],
        ["direction error, 90th percentile, degrees", number(fingers.direction_p90, ".2f")],
        ["direction over 90° off", number(fingers.turned)],
    ]
    if details.negatives:
        rows.append(
            [f"false nails per hand-free photo, of {details.negatives.photos}", number(details.negatives.per_photo)]
        )
    return TextTable("more figures", ["figure", "value"], rows)


def _renders(figures: RenderFigures) -> TextTable:
    rows = [
        ["mean matched-instance IoU", number(figures.matched_iou)],
        ["boundary F-score at 2 px, matched nails", number(figures.boundary_f)],
        ["recall at IoU 0.5", number(figures.recall)],
        ["precision at IoU 0.5", number(figures.precision)],
        ["matched nails with a known rotation", number(figures.rotations)],
        ["rotation error, median, degrees", number(figures.rotation_median, ".2f")],
        ["rotation error, 90th percentile, degrees", number(figures.rotation_p90, ".2f")],
    ]
    return TextTable(f"{figures.renders} held-out renders, {figures.nails} nails", ["figure", "value"], rows)


def _subsets(details: Details) -> TextTable:
    heads = ["group", "subset", "photos", "nails", "matched IoU", "recall", "precision", "boundary F"]
    rows = [
        [
            subset.group,
            subset.name,
            number(subset.photos),
            number(subset.nails),
            *(number(value) for value in (subset.matched_iou, subset.recall, subset.precision, subset.boundary_f)),
        ]
        for subset in details.subsets
    ]
    return TextTable("subsets", heads, rows)
