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

from models.evaluation.calibrate import Patch, PatchRecorder, judged, logit, match, tell
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
            surest = sorted(core.patches, key=lambda one: -(one.score + one.logit))
            for patch, is_nail in judged(surest, truth):
                rows.append((number, patch.score, patch.logit))
                correct.append(float(is_nail))
    return np.array(rows), np.array(correct), nails


class OutliningCore(PatchRecorder):
    """What RT-DETR and pass 2 said of each nail of the last photo."""

    def decode_patches(self) -> list[Nail]:
        nails = super().decode_patches()
        self.scores = [nail["confidence"] for nail in nails]
        return nails

    def plan_patches_again(self, views: int = 1) -> npt.NDArray[np.float32]:
        self.views, self.plan = views, super().plan_patches_again(views)
        return self.plan


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
                rows.append((number, logit(patch.score), patch.logit))
                correct.append(float(match(patch, truth)[0] >= MATCH_IOU))
    return np.array(rows), np.array(correct), nails


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
    tell(rows, correct, nails, names)


if __name__ == "__main__":
    main()
