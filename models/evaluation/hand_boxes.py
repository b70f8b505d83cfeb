"""From `hand_detector`'s maps to hands: what the core's `lunula_decode_hands` does, in NumPy."""

from dataclasses import dataclass

import numpy as np

from models.evaluation.average_precision import area, iou
from models.spec import HAND_DETECTOR

CONSTANTS = HAND_DETECTOR.constants


@dataclass(frozen=True)
class Hands:
    """boxes [N, 4] x0, y0, x1, y1 in input pixels, scores [N], the best first."""

    boxes: np.ndarray
    scores: np.ndarray


def decode_hands(
    scores: np.ndarray,
    boxes: np.ndarray,
    threshold: float = CONSTANTS["score_threshold"],
    most: int = int(CONSTANTS["max_hands"]),
) -> Hands:
    """score logits [H, W, 1] and boxes [H, W, 4] -> at most `most` hands that do not overlap much."""
    height, width, _ = scores.shape
    stride, unit = CONSTANTS["stride"], CONSTANTS["box_unit"]
    probability = 1 / (1 + np.exp(-scores[..., 0].astype(np.float64)))
    row, column = np.nonzero(probability >= threshold)
    center = np.stack([column + 0.5, row + 0.5], 1) * stride
    sides = boxes[row, column] * unit
    found = np.concatenate([center - sides[:, :2], center + sides[:, 2:]], 1)
    side = np.array([width * stride, height * stride] * 2)
    found = np.clip(found, 0, side)
    score = probability[row, column]
    kept = suppress(found, score, most)
    return Hands(found[kept], score[kept])


def suppress(boxes: np.ndarray, scores: np.ndarray, most: int) -> list[int]:
    """Non-maximum suppression: indices of the best boxes, without those that mean, or are part of, a better one."""
    kept: list[int] = []
    for k in np.argsort(-scores, kind="stable"):
        if len(kept) == most:
            break
        better = boxes[kept]
        overlap = iou(boxes[k : k + 1], better)[0]
        both = area(boxes[k : k + 1]) + area(better)
        shared = overlap * both / (1 + overlap)
        smaller = np.minimum(area(boxes[k : k + 1]), area(better))
        same = (overlap >= CONSTANTS["overlap_threshold"]) | (shared >= CONSTANTS["inside_threshold"] * smaller)
        if area(boxes[k : k + 1])[0] > 0 and not same.any():
            kept.append(int(k))
    return kept
