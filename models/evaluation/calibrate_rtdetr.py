"""Fits RT-DETR's `confidence`: `python -m models.evaluation.calibrate_rtdetr --data DIR [--outlined]`.

Platt scaling (Platt 1999) of a query's two scores: confidence = sigmoid(bias + nail * is-a-nail logit + iou * IoU
logit), over the queries of the ROI engine's last look and of the full frame. Prints the constants of `models.spec` and
what each threshold is worth. With `--outlined` instead: the confidence of a photo's nails, which pass 2 outlines anew,
sigmoid(bias + query * logit of the confidence above + patch * the patch's logit). Use photos other than those that the
figures are taken on.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from models.evaluation.calibrate import EXTREME, FOLDS, Patch, logistic, match
from models.evaluation.calibration import expected_calibration_error, reliability
from models.evaluation.core import SCORE_THRESHOLD, Core
from models.evaluation.engine_torch import RtdetrEngine
from models.evaluation.metrics import IGNORE, MATCH_IOU
from models.evaluation.nail import Nail
from models.evaluation.negatives import negative_photos
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


class OutliningCore(Core):
    """The core, and what RT-DETR and pass 2 said of each nail of the last photo."""

    def __init__(self) -> None:
        super().__init__()
        self.patches: list[Patch] = []
        self._confidences: list[float] = []
        self._plan: npt.NDArray[np.float32] = np.zeros((0, 6), np.float32)
        self._views = 1

    def decode_patches(self) -> list[Nail]:
        nails = super().decode_patches()
        self._confidences = [nail["confidence"] for nail in nails]
        return nails

    def plan_patches_again(self, views: int = 1) -> npt.NDArray[np.float32]:
        self._views, self._plan = views, super().plan_patches_again(views)
        return self._plan

    def store_patches(
        self,
        start: int,
        keypoints: npt.ArrayLike,
        masks: npt.ArrayLike,
        confidence: npt.ArrayLike,
        rotations: npt.ArrayLike | None = None,
    ) -> None:
        super().store_patches(start, keypoints, masks, confidence, rotations)
        logits = np.asarray(confidence).reshape(-1, self._views).mean(1)
        first = np.asarray(masks)[:: self._views, ..., 0] > 0  # that view lies as the plan says
        for k, (logit, inside) in enumerate(zip(logits, first, strict=True), start // self._views):
            self.patches.append(Patch(self._plan[k * self._views], self._confidences[k], float(logit), inside))


def collect_outlined(
    data: Path, checkpoints: Path, negatives: Path | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """([photo, logit of RT-DETR's confidence, patch's logit] of every nail, 1 where it is one, nails in all)."""
    rows, correct, nails = [], [], 0
    photos = [(photo.image, photo) for photo in read_folder(data)]
    empty = [(path, None) for path in negative_photos(negatives)] if negatives else []
    for name in ("rtdetr", "rtdetr-full"):
        engine = RtdetrEngine(checkpoints, name)
        core = engine.core = OutliningCore()
        for number, (image, photo) in enumerate(track([*photos, *empty], name)):
            core.patches.clear()
            engine.detect(image)
            truth = photo.labels() if photo else np.zeros((1, 1), np.uint8)
            nails += len(set(np.unique(truth)) - {0, IGNORE})
            for patch in core.patches:
                score = min(max(patch.score, EXTREME), 1 - EXTREME)
                rows.append((number, np.log(score / (1 - score)), patch.logit))
                correct.append(float(match(patch, truth)[0] >= MATCH_IOU))
    return np.array(rows), np.array(correct), nails


def _sigmoid(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def main() -> None:
    """Prints the constants and the figures."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.calibrate_rtdetr", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with images/ and masks/")
    parser.add_argument("--checkpoints", type=Path, default=Path("models/checkpoints"))
    parser.add_argument("--outlined", action="store_true", help="of nails that pass 2 outlines")
    parser.add_argument("--negatives", type=Path, help="with --outlined: hand-free photos, every nail in them is false")
    options = parser.parse_args()
    if options.outlined:
        names = ("outlined_bias", "outlined_query", "outlined_patch")
        rows, correct, nails = collect_outlined(options.data, options.checkpoints, options.negatives)
    else:
        names = ("confidence_bias", "confidence_nail", "confidence_iou")
        rows, correct, nails = collect(options.data, options.checkpoints)
    features, fold = rows[:, 1:], rows[:, 0] % FOLDS
    held_out = np.zeros(len(rows))
    for k in range(FOLDS):
        weights = logistic(features[fold != k], correct[fold != k])
        held_out[fold == k] = _sigmoid(np.c_[np.ones((fold == k).sum()), features[fold == k]] @ weights)
    for name, weight in zip(names, logistic(features, correct), strict=True):
        print(f'"{name}": {weight:.2f},')
    print(f"{len(rows)} candidates, {nails} nails in two engines; on photos that the fit has not seen:")
    print(f"ECE {expected_calibration_error(reliability(held_out.tolist(), (correct > 0).tolist())):.4f}")
    for threshold in np.arange(0.2, 0.81, 0.05):
        kept = held_out >= threshold
        print(f"over {threshold:.2f}: recall {correct[kept].sum() / nails:.4f}, precision {correct[kept].mean():.4f}")


if __name__ == "__main__":
    main()
