"""Fits `confidence`: `python -m models.evaluation.calibrate --data DIR [--variant r6d] [--negatives DIR]`.

Platt scaling (Platt 1999) of two scores, the peak's of pass 1 and the patch's of pass 2: confidence = sigmoid(bias +
peak * logit(peak's score) + patch * patch's logit). Prints the three constants of `models.spec` and, from five folds of
photos, what they are worth on photos that they were not fitted to.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from models.evaluation.calibration import expected_calibration_error, reliability
from models.evaluation.core import Candidate, Core
from models.evaluation.engine_torch import TorchEngine
from models.evaluation.metrics import IGNORE, MATCH_IOU
from models.evaluation.negatives import negative_photos
from models.evaluation.photos import read_folder
from models.spec import VARIANTS

FOLDS = 5
LEAST_PIXELS = 20
EXTREME = 1e-6


@dataclass(frozen=True)
class Patch:
    """What the networks said of one candidate."""

    affine: npt.NDArray[np.float32]
    score: float
    logit: float
    inside: npt.NDArray[np.bool_]  # [64, 64]


class PatchRecorder(Core):
    """The core, and what pass 2 said of each nail of a plan: the mean of its views."""

    def __init__(self) -> None:
        super().__init__()
        self.patches: list[Patch] = []
        self.scores: list[float] = []  # of the plan's nails, before pass 2
        self.plan: npt.NDArray[np.float32] = np.zeros((0, 6), np.float32)
        self.views = 1  # 0: what comes is not recorded

    def store_patches(
        self,
        start: int,
        keypoints: npt.ArrayLike,
        masks: npt.ArrayLike,
        confidence: npt.ArrayLike,
        rotations: npt.ArrayLike | None = None,
    ) -> None:
        super().store_patches(start, keypoints, masks, confidence, rotations)
        if not self.views:
            return
        logits = np.asarray(confidence).reshape(-1, self.views).mean(1)
        # The first view lies as the plan says; its mask is enough to tell which nail it is.
        first = np.asarray(masks)[:: self.views, ..., 0] > 0
        for k, (logit, inside) in enumerate(zip(logits, first, strict=True), start // self.views):
            self.patches.append(Patch(self.plan[k * self.views], self.scores[k], float(logit), inside))


class RecordingCore(PatchRecorder):
    """What became of the candidates of the last look."""

    def decode_heatmap(
        self, heatmap: npt.ArrayLike, geometry: npt.ArrayLike, affine: npt.ArrayLike, look: int = 0
    ) -> list[Candidate]:
        found = super().decode_heatmap(heatmap, geometry, affine, look)
        self.scores = [one.score for one in found]
        return found

    def plan_patches(self, views: int = 1) -> npt.NDArray[np.float32]:
        self.patches.clear()  # of an earlier look
        self.views, self.plan = views, super().plan_patches(views)
        return self.plan

    def plan_patches_again(self, views: int = 1) -> npt.NDArray[np.float32]:
        self.views = 0  # of nails that were reported already: the others are no longer there to learn from
        return super().plan_patches_again(views)


def match(patch: Patch, truth: npt.NDArray[np.uint8]) -> tuple[float, int]:
    """The best IoU of a patch's mask with a nail of the truth, and that nail's label."""
    rows, columns = np.nonzero(patch.inside)
    if len(rows) < LEAST_PIXELS:
        return 0.0, 0
    a, b, c, d, e, f = patch.affine
    x = (a * (columns + 0.5) + b * (rows + 0.5) + c).astype(int).clip(0, truth.shape[1] - 1)
    y = (d * (columns + 0.5) + e * (rows + 0.5) + f).astype(int).clip(0, truth.shape[0] - 1)
    cell = abs(float(a * e - b * d))  # photo pixels a patch pixel covers
    best = (0.0, 0)
    for label, count in zip(*np.unique(truth[y, x], return_counts=True), strict=True):
        if label not in (0, IGNORE):
            both = count * cell
            union = len(rows) * cell + int((truth == label).sum()) - both
            best = max(best, (both / union, int(label)))
    return best


def logistic(features: npt.NDArray[np.float64], correct: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weights of [1, *features] by Newton's method, barely regularised."""
    x = np.c_[np.ones(len(features)), features]
    weights = np.zeros(x.shape[1])
    ridge = 1e-3 * np.eye(len(weights))
    for _ in range(50):
        p = sigmoid(x @ weights)
        weights -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - correct) + ridge @ weights)
    return weights


def sigmoid(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """0..1."""
    return 1 / (1 + np.exp(-x))


def logit(probability: float) -> float:
    """Of a probability that may be 0 or 1."""
    p = min(max(probability, EXTREME), 1 - EXTREME)
    return float(np.log(p / (1 - p)))


def judged(patches: list[Patch], truth: npt.NDArray[np.uint8]) -> Iterator[tuple[Patch, bool]]:
    """Each patch, and whether it is a nail. Of two on one nail only the first counts; the core drops the other."""
    taken: set[int] = set()
    for patch in patches:
        iou, label = match(patch, truth)
        if iou >= MATCH_IOU and label in taken:
            continue
        taken |= {label} if iou >= MATCH_IOU else set()
        yield patch, iou >= MATCH_IOU


def tell(rows: npt.NDArray[np.float64], correct: npt.NDArray[np.float64], nails: int, names: Sequence[str]) -> None:
    """Prints the constants of the fit to [photo, score, score] rows, and what each threshold is worth."""
    features, fold = rows[:, 1:], rows[:, 0] % FOLDS
    held_out = np.zeros(len(rows))
    for k in range(FOLDS):
        weights = logistic(features[fold != k], correct[fold != k])
        held_out[fold == k] = sigmoid(np.c_[np.ones((fold == k).sum()), features[fold == k]] @ weights)
    for name, weight in zip(names, logistic(features, correct), strict=True):
        print(f'"{name}": {weight:.2f},')
    print(f"{len(rows)} candidates, {nails} nails; on photos that the fit has not seen:")
    print(f"ECE {expected_calibration_error(reliability(held_out.tolist(), (correct > 0).tolist())):.4f}")
    for threshold in np.arange(0.2, 0.81, 0.05):
        kept = held_out >= threshold
        print(f"over {threshold:.2f}: recall {correct[kept].sum() / nails:.4f}, precision {correct[kept].mean():.4f}")


def collect(
    engine: TorchEngine, data: Path, negatives: Path | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """([photo, logit of the score, patch's logit] of every candidate, 1 where it is a nail, nails in all).

    negatives: hand-free photos.
    """
    core = engine.core = RecordingCore()
    rows, correct, nails = [], [], 0
    photos = [(photo.image, photo) for photo in read_folder(data)]
    empty = [(path, None) for path in negative_photos(negatives)] if negatives else []
    for number, (image, photo) in enumerate(track([*photos, *empty], "photos")):
        core.patches.clear()
        engine.detect(image)
        truth = photo.labels() if photo else np.zeros((1, 1), np.uint8)
        nails += len(set(np.unique(truth)) - {0, IGNORE})
        surest = sorted(core.patches, key=lambda p: -(p.score + sigmoid(np.array(p.logit))))
        for patch, is_nail in judged(surest, truth):
            rows.append((number, logit(patch.score), patch.logit))
            correct.append(float(is_nail))
    return np.array(rows), np.array(correct), nails


def main() -> None:
    """Prints the constants and the figures."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with images/ and masks/")
    parser.add_argument("--negatives", type=Path, help="hand-free photos: every candidate in them is false")
    parser.add_argument("--variant", choices=tuple(VARIANTS), default="standard", help="the second pass")
    parser.add_argument("--checkpoints", type=Path, default=Path("models/checkpoints"))
    options = parser.parse_args()
    engine = TorchEngine(options.checkpoints, variant=options.variant)
    rows, correct, nails = collect(engine, options.data, options.negatives)
    tell(rows, correct, nails, ("confidence_bias", "confidence_peak", "confidence_patch"))


if __name__ == "__main__":
    main()
