"""Held-out renders: figures against exact truth, which photos do not have.

A tar of `python -m models.data.renders` with an even seed, and renders.json beside it for renders.tar. Scored as
photos are; rotations where the engine tells them (`--variant r6d`), for nails of which at least half is visible,
as in training.
"""

import json
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.evaluation.cases import PhotoCase, all_nails
from models.evaluation.metrics import summarise
from models.evaluation.photos import DataError, Photo, read_folder
from models.evaluation.subsets import mean

VISIBLE = 0.5  # least visible share of a nail whose rotation is scored

# Rotations [6] by photo name and nail label.
Rotations = dict[str, dict[int, list[float]]]


@dataclass(frozen=True)
class RenderFigures:
    """What held-out renders say; None where there is nothing to measure. Rotations in degrees, of matched nails."""

    renders: int
    nails: int
    matched_iou: float | None
    boundary_f: float | None
    recall: float | None
    precision: float | None
    rotations: int
    rotation_median: float | None
    rotation_p90: float | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_renders(tar: Path, folder: Path) -> tuple[list[Photo], Rotations]:
    """Unpacks a tar of renders into a folder. Raises DataError for what is no such tar, or has no rows beside it."""
    rows = tar.with_suffix(".json")
    try:
        with tarfile.open(tar) as archive:
            archive.extractall(folder, filter="data")
        listed = json.loads(rows.read_text())
        known = {
            row["id"]: {nail["label"]: nail["rotation_6d"] for nail in row["nails"] if nail["visible"] >= VISIBLE}
            for row in listed
        }
    except (OSError, tarfile.TarError) as error:
        raise DataError(f"{tar} and {rows.name} beside it cannot be read: {error}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(f"{rows} is no list of renders with id and nails ({error!r})") from error
    return read_folder(folder), known


def render_figures(cases: Sequence[PhotoCase], rotations: Rotations) -> RenderFigures:
    """The figures of examined renders."""
    summary = summarise([case.score for case in cases])
    nails = all_nails(cases)
    errors = [
        degrees_between(nail.nail["rotation"], rotations[case.name][nail.label])
        for case in cases
        for nail in case.nails
        if nail.nail and "rotation" in nail.nail and nail.label in rotations[case.name]
    ]
    return RenderFigures(
        renders=len(cases),
        nails=len(nails),
        matched_iou=_known(summary.matched_iou),
        boundary_f=mean([nail.boundary for nail in nails if nail.boundary is not None]),
        recall=_known(summary.recall),
        precision=_known(summary.precision),
        rotations=len(errors),
        rotation_median=float(np.median(errors)) if errors else None,
        rotation_p90=float(np.percentile(errors, 90)) if errors else None,
    )


def degrees_between(one: Sequence[float], other: Sequence[float]) -> float:
    """Geodesic distance of two rotations [6] (orthonormal: axis, across), 0..180 degrees."""
    first, second = (np.array(six, float).reshape(2, 3) for six in (one, other))
    trace = (first * second).sum() + np.cross(*first) @ np.cross(*second)
    return float(np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1))))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
