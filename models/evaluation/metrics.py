"""Instance and image scores of one photo, and their summary over a folder."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

MATCH_IOU = 0.5
IGNORE = 255  # a label of the truth: pixels that count for nobody


@dataclass(frozen=True)
class PhotoScore:
    """What one photo adds to the summary. Per prediction, best first: its confidence, and its match's IoU or None."""

    nails: int
    image_iou: float | None  # None: the photo holds no nail
    confidences: tuple[float, ...]
    matched: tuple[float | None, ...]
    labels: tuple[int, ...] = ()  # per prediction: its label in the predicted mask
    truth: tuple[int | None, ...] = ()  # per prediction: the matched nail's label in the truth


@dataclass(frozen=True)
class Summary:
    """The figures of a folder, 0..1 except the counts. nan: nothing to measure."""

    image_iou: float  # mean over photos that hold nails: union of the nails against union of the truth
    matched_iou: float  # mean over matched instances
    matched_iou_p10: float
    recall: float
    precision: float
    ap50: float
    photos: int
    photos_with_nails: int
    nails: int
    predictions: int

    def as_dict(self) -> dict[str, float | int | None]:
        """nan as None: JSON has no nan."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def score_photo(truth: np.ndarray, predicted: np.ndarray, confidences: Sequence[float]) -> PhotoScore:
    """Greedy matching by confidence: each prediction takes the free nail of highest IoU, if that is at least 0.5.

    truth, predicted: uint8 [H, W], 0 background, k the k-th nail; confidences[k - 1] belongs to label k. A prediction
    more than half of which lies on ignored pixels is left out; one without a pixel is a false one.
    """
    if truth.shape != predicted.shape:
        raise ValueError(f"truth is {truth.shape}, prediction {predicted.shape}: they must be of one size")
    valid = truth != IGNORE
    areas = np.bincount(predicted.ravel(), minlength=len(confidences) + 1)
    kept_areas = np.bincount(predicted[valid], minlength=len(confidences) + 1)
    names, overlap = _iou_matrix(truth[valid], predicted[valid], len(confidences))
    free = set(range(overlap.shape[0]))
    scored: list[float] = []
    matched: list[float | None] = []
    labels: list[int] = []
    truths: list[int | None] = []
    for k in sorted(range(len(confidences)), key=lambda k: -confidences[k]):
        if kept_areas[k + 1] * 2 < areas[k + 1]:
            continue
        best = max(free, key=lambda nail: overlap[nail, k], default=None)
        hit = best is not None and overlap[best, k] >= MATCH_IOU
        scored.append(float(confidences[k]))
        matched.append(float(overlap[best, k]) if hit else None)
        labels.append(k + 1)
        truths.append(int(names[best]) if hit else None)
        if hit:
            free.discard(best)
    image_iou = _image_iou(truth[valid], predicted[valid])
    return PhotoScore(len(names), image_iou, tuple(scored), tuple(matched), tuple(labels), tuple(truths))


def summarise(photos: Sequence[PhotoScore]) -> Summary:
    """The folder's figures; every instance weighs the same, every photo weighs the same in image_iou."""
    ious = [iou for photo in photos for iou in photo.matched if iou is not None]
    nails = sum(photo.nails for photo in photos)
    predictions = sum(len(photo.confidences) for photo in photos)
    image = [photo.image_iou for photo in photos if photo.image_iou is not None]
    return Summary(
        image_iou=float(np.mean(image)) if image else float("nan"),
        matched_iou=float(np.mean(ious)) if ious else float("nan"),
        matched_iou_p10=float(np.percentile(ious, 10)) if ious else float("nan"),
        recall=len(ious) / nails if nails else float("nan"),
        precision=len(ious) / predictions if predictions else float("nan"),
        ap50=average_precision(photos),
        photos=len(photos),
        photos_with_nails=len(image),
        nails=nails,
        predictions=predictions,
    )


def average_precision(photos: Sequence[PhotoScore]) -> float:
    """Area under the precision-recall curve, precision made monotonic, every point used (PASCAL VOC 2010 and later)."""
    nails = sum(photo.nails for photo in photos)
    if not nails:
        return float("nan")
    ranked = [pair for photo in photos for pair in zip(photo.confidences, photo.matched, strict=True)]
    # A tie puts the false one first: ties must not flatter.
    ranked.sort(key=lambda pair: (-pair[0], pair[1] is not None))
    hits = np.cumsum([iou is not None for _, iou in ranked])
    if not len(hits):
        return 0.0
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    gained = np.diff(hits, prepend=0) / nails
    return float((precision * gained).sum())


def _iou_matrix(truth: np.ndarray, predicted: np.ndarray, predictions: int) -> tuple[np.ndarray, np.ndarray]:
    """The truth's labels, and the IoU of every nail of the truth (rows) with every prediction (columns)."""
    labels = np.unique(truth[truth > 0])
    columns = predictions + 1
    rows = np.searchsorted(labels, truth) + 1
    joint = np.bincount(np.where(truth > 0, rows, 0) * columns + predicted, minlength=(len(labels) + 1) * columns)
    joint = joint.reshape(len(labels) + 1, columns)
    both = joint[1:, 1:]
    union = joint[1:].sum(axis=1, keepdims=True) + joint[:, 1:].sum(axis=0, keepdims=True) - both
    return labels, both / np.maximum(union, 1)


def _image_iou(truth: np.ndarray, predicted: np.ndarray) -> float | None:
    if not (truth > 0).any():
        return None
    both = (truth > 0) & (predicted > 0)
    return float(both.sum() / ((truth > 0) | (predicted > 0)).sum())
