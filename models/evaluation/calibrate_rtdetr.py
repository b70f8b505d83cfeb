"""Fits RT-DETR's `confidence`: `python -m models.evaluation.calibrate_rtdetr --data DIR`.

Platt scaling (Platt 1999) of a query's two scores: confidence = sigmoid(bias + nail * is-a-nail logit + iou * IoU
logit), over the queries of the ROI engine's last look and of the full frame. Prints the constants of `models.spec` and
what each threshold is worth. Use photos other than those that the figures are taken on.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from models.evaluation.calibrate import FOLDS, Patch, logistic, match
from models.evaluation.calibration import expected_calibration_error, reliability
from models.evaluation.core import SCORE_THRESHOLD, Core
from models.evaluation.engine_torch import RtdetrEngine
from models.evaluation.metrics import IGNORE, MATCH_IOU
from models.evaluation.photos import read_folder
from models.spec import NAIL_RTDETR

LEAST_LOGIT = -4.0  # less likely queries are no nails, all of them


class RecordingCore(Core):
    """The core, and the likely queries of the last frame's last looks."""

    def __init__(self) -> None:
        super().__init__()
        self.patches: list[Patch] = []

    def store_queries(
        self, outputs: Sequence[npt.ArrayLike], affine: npt.ArrayLike, look: int = 0, least: float = SCORE_THRESHOLD
    ) -> int:
        if look == 0:
            self.patches.clear()
        boxes, scores, masks = (np.asarray(values) for values in outputs[:3])
        side, stride = masks.shape[1], float(NAIL_RTDETR.constants["mask_stride"])
        a, b, c, d, e, f = np.asarray(affine, np.float32)
        to_frame = np.array([a * stride, b * stride, c, d * stride, e * stride, f], np.float32)
        steps, reach = (np.arange(side) + 0.5) / side, 0.5 + NAIL_RTDETR.constants["box_margin"]
        for (x, y, width, height), (nail, iou), mask in zip(boxes, scores, masks, strict=True):
            if nail > LEAST_LOGIT:
                inside = (np.abs(steps - y) <= reach * height)[:, None] & (np.abs(steps - x) <= reach * width)
                self.patches.append(Patch(to_frame, float(nail), float(iou), (mask > 0) & inside))
        return super().store_queries(outputs, affine, look, least)


def collect(data: Path, checkpoints: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """([photo, is-a-nail logit, IoU logit] of every likely query, 1 where it is a nail, nails in all).

    Of two queries on one nail only the better counts; the core drops the other.
    """
    rows, correct, nails = [], [], 0
    photos = read_folder(data)
    for name in ("rtdetr", "rtdetr-full"):
        engine = RtdetrEngine(checkpoints, name)
        core = engine.core = RecordingCore()
        for number, photo in enumerate(track(photos, name)):
            core.patches.clear()
            engine.detect(photo.image)
            truth = photo.labels()
            nails += len(set(np.unique(truth)) - {0, IGNORE})
            taken: set[int] = set()
            for patch in sorted(core.patches, key=lambda one: -(one.score + one.logit)):
                iou, label = match(patch, truth)
                if iou >= MATCH_IOU and label in taken:
                    continue
                taken |= {label} if iou >= MATCH_IOU else set()
                rows.append((number, patch.score, patch.logit))
                correct.append(float(iou >= MATCH_IOU))
    return np.array(rows), np.array(correct), nails


def _sigmoid(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def main() -> None:
    """Prints the constants and the figures."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.calibrate_rtdetr", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with images/ and masks/")
    parser.add_argument("--checkpoints", type=Path, default=Path("models/checkpoints"))
    options = parser.parse_args()
    rows, correct, nails = collect(options.data, options.checkpoints)
    features, fold = rows[:, 1:], rows[:, 0] % FOLDS
    held_out = np.zeros(len(rows))
    for k in range(FOLDS):
        weights = logistic(features[fold != k], correct[fold != k])
        held_out[fold == k] = _sigmoid(np.c_[np.ones((fold == k).sum()), features[fold == k]] @ weights)
    for name, weight in zip(("bias", "nail", "iou"), logistic(features, correct), strict=True):
        print(f'"confidence_{name}": {weight:.2f},')
    print(f"{len(rows)} queries, {nails} nails in two engines; on photos that the fit has not seen:")
    print(f"ECE {expected_calibration_error(reliability(held_out.tolist(), (correct > 0).tolist())):.4f}")
    for threshold in np.arange(0.2, 0.81, 0.05):
        kept = held_out >= threshold
        print(f"over {threshold:.2f}: recall {correct[kept].sum() / nails:.4f}, precision {correct[kept].mean():.4f}")


if __name__ == "__main__":
    main()
