"""Average precision of boxes (PASCAL VOC 2010 and later: the area under the precision envelope)."""

from collections.abc import Sequence

import numpy as np

Boxes = np.ndarray  # [N, 4] x0, y0, x1, y1


def iou(a: Boxes, b: Boxes) -> np.ndarray:
    """[A, B] intersection over union of every pair."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), 2)
    return shared / np.maximum(area(a)[:, None] + area(b)[None] - shared, 1e-9)


def area(boxes: Boxes) -> np.ndarray:
    """[N] areas; 0 for a box turned inside out."""
    return np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), 1)


def hits(found: Boxes, scores: np.ndarray, truth: Boxes, least: float = 0.5) -> np.ndarray:
    """[N] bool: found boxes that are the best-scored one of a true box; each true box counts once."""
    overlaps = iou(found, truth)
    free = np.ones(len(truth), bool)
    right = np.zeros(len(found), bool)
    for k in np.argsort(-scores, kind="stable"):
        candidates = np.where(free, overlaps[k], -1)
        best = int(candidates.argmax()) if len(truth) else -1
        if best >= 0 and candidates[best] >= least:
            right[k], free[best] = True, False
    return right


def average_precision(
    found: Sequence[Boxes], scores: Sequence[np.ndarray], truth: Sequence[Boxes], least: float = 0.5
) -> float:
    """AP over photos at IoU `least`; nan where nothing is true."""
    total = sum(len(t) for t in truth)
    if not total:
        return float("nan")
    right = np.concatenate([hits(f, s, t, least) for f, s, t in zip(found, scores, truth, strict=True)])
    order = np.argsort(-np.concatenate(list(scores)), kind="stable")
    hit = np.cumsum(right[order])
    precision = hit / np.arange(1, len(hit) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * right[order]).sum() / total)
