"""What the subsets look at: each labelled nail and each photo with its properties, gathered once after scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from models.evaluation.boundary import boundary_f
from models.evaluation.colour import ita
from models.evaluation.metrics import IGNORE, PhotoScore
from models.evaluation.nail import Nail
from models.evaluation.photos import at_scored_size, load_rgb
from models.evaluation.pseudo import PhotoMeta, Pseudo
from models.evaluation.run import Result, score_as_drawn
from models.evaluation.skin import colours


@dataclass(frozen=True)
class NailCase:
    """One labelled nail. nail, iou and boundary: of the prediction that matched it, None where none did."""

    label: int
    longest_px: float  # longest side of its box at the scored size
    polished: bool | None
    pseudo: Pseudo | None
    nail: Nail | None
    iou: float | None
    boundary: float | None


@dataclass(frozen=True)
class PhotoCase:
    """One photo. ita: degrees; hands: number of hands; both None where unknown.

    as_drawn: the score where its mask was drawn; None where it is stored there, as far as is known.
    """

    name: str
    score: PhotoScore
    ita: float | None
    hands: int | None
    nails: tuple[NailCase, ...]
    as_drawn: PhotoScore | None = None


def examine(result: Result, meta: Mapping[str, PhotoMeta]) -> PhotoCase:
    """The properties of one result, at the scored size."""
    truth, predicted = at_scored_size(result.photo.labels()), at_scored_size(result.labels)
    image = load_rgb(result.photo.image).resize((truth.shape[1], truth.shape[0]), Image.Resampling.BOX)
    found = colours(np.asarray(image), truth)
    known = meta.get(result.photo.name, PhotoMeta())
    score = result.score
    matches = {
        nail: (label, iou)
        for label, nail, iou in zip(score.labels, score.truth, score.matched, strict=True)
        if nail is not None
    }
    cases = []
    for label in (int(value) for value in np.unique(truth) if value not in (0, IGNORE)):
        rows, columns = np.nonzero(truth == label)
        longest = float(max(np.ptp(rows), np.ptp(columns)) + 1)
        match, iou = matches.get(label, (None, None))
        cases.append(
            NailCase(
                label,
                longest,
                found.polished(label),
                known.fingers.get(label),
                None if match is None else result.nails[match - 1],
                iou,
                None if match is None else boundary_f(truth == label, predicted == match),
            )
        )
    angle = None if found.skin is None else ita(found.skin)
    as_drawn = score_as_drawn(result, known.label_shift) if known.label_shift else None
    return PhotoCase(result.photo.name, score, angle, known.hands, tuple(cases), as_drawn)


def all_nails(cases: Sequence[PhotoCase]) -> list[NailCase]:
    """Every labelled nail of the photos."""
    return [nail for case in cases for nail in case.nails]
