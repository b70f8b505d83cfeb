"""Figures of parts of the folder: by skin tone, nail size, number of hands, polish."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from models.evaluation.cases import NailCase, PhotoCase, all_nails
from models.evaluation.colour import DARKEST, ITA_BINS, ita_bin
from models.evaluation.metrics import summarise

# Longest side of the nail's box in pixels at the scored size.
SMALL_PX, LARGE_PX = 24.0, 40.0
SIZES = ("under 24 px", "24 to 40 px", "over 40 px")


@dataclass(frozen=True)
class Subset:
    """Figures of one subset, None where there is nothing to measure. precision: only where whole photos are chosen."""

    group: str
    name: str
    photos: int | None
    nails: int
    matched_iou: float | None
    recall: float | None
    precision: float | None
    boundary_f: float | None


def subsets(cases: Sequence[PhotoCase]) -> list[Subset]:
    """Every subset of every group, empty ones too, in a fixed order."""
    nails = all_nails(cases)
    tones = {case.name: None if case.ita is None else ita_bin(case.ita) for case in cases}
    made = [
        of_photos("skin (ITA)", name, [case for case in cases if tones[case.name] == name])
        for name in (*(name for name, _ in ITA_BINS), DARKEST)
    ]
    made += [
        of_nails("nail size", name, [nail for nail in nails if size_bin(nail.longest_px) == name]) for name in SIZES
    ]
    made += [
        of_photos("hands", name, [case for case in cases if case.hands == count])
        for name, count in (("one hand", 1), ("two hands", 2), ("not known", None))
    ]
    made += [
        of_nails("polish", name, [nail for nail in nails if nail.polished is polished])
        for name, polished in (("polished", True), ("bare", False))
    ]
    return made


def size_bin(longest_px: float) -> str:
    """One of SIZES; the bounds themselves belong to the middle one."""
    return SIZES[0] if longest_px < SMALL_PX else SIZES[2] if longest_px > LARGE_PX else SIZES[1]


def of_photos(group: str, name: str, cases: Sequence[PhotoCase]) -> Subset:
    """The figures of whole photos, false predictions included."""
    precision = summarise([case.score for case in cases]).precision
    part = of_nails(group, name, all_nails(cases))
    return Subset(**{**asdict(part), "photos": len(cases), "precision": None if np.isnan(precision) else precision})


def of_nails(group: str, name: str, nails: Sequence[NailCase]) -> Subset:
    """The figures of labelled nails; a false prediction belongs to none, so there is no precision."""
    ious = [nail.iou for nail in nails if nail.iou is not None]
    boundaries = [nail.boundary for nail in nails if nail.boundary is not None]
    recall = len(ious) / len(nails) if nails else None
    return Subset(group, name, None, len(nails), mean(ious), recall, None, mean(boundaries))


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return float(np.mean(values)) if len(values) else None
