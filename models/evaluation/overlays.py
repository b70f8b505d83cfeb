"""The worst photos with both outlines drawn in, as small JPEGs."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import binary_erosion

from models.evaluation.metrics import IGNORE, PhotoScore
from models.evaluation.photos import at_scored_size, load_rgb
from models.evaluation.run import Result

WORST = 24
# sRGB of the outlines, by what they say.
TRUTH, MISSED, MATCHED, FALSE = (60, 220, 90), (255, 210, 0), (70, 140, 255), (255, 40, 60)


def worst(results: Sequence[Result], count: int = WORST) -> list[Result]:
    """The results of most error, worst first; ties by name."""
    return sorted(results, key=lambda result: (-error(result.score), result.photo.name))[:count]


def error(score: PhotoScore) -> float:
    """Missed nails and false ones count 1 each, a matched one 1 - IoU."""
    ious = [iou for iou in score.matched if iou is not None]
    missed, false = score.nails - len(ious), len(score.matched) - len(ious)
    return missed + false + sum(1 - iou for iou in ious)


def overlay(result: Result) -> bytes:
    """JPEG at the scored size: the truth green, missed nails yellow, matched predictions blue, false ones red."""
    truth, predicted = at_scored_size(result.photo.labels()), at_scored_size(result.labels)
    canvas = np.asarray(
        load_rgb(result.photo.image).resize((truth.shape[1], truth.shape[0]), Image.Resampling.BOX)
    ).copy()
    score = result.score
    found = {nail for nail in score.truth if nail is not None}
    for label in (int(value) for value in np.unique(truth) if value not in (0, IGNORE)):
        canvas[_outline(truth == label)] = TRUTH if label in found else MISSED
    for label, nail in zip(score.labels, score.truth, strict=True):
        canvas[_outline(predicted == label)] = FALSE if nail is None else MATCHED
    packed = io.BytesIO()
    Image.fromarray(canvas).save(packed, "JPEG", quality=85, subsampling="4:4:4")
    return packed.getvalue()


def _outline(mask: np.ndarray) -> np.ndarray:
    outline: np.ndarray = mask & ~binary_erosion(mask, border_value=1)
    return outline
