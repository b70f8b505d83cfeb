"""Pictures against golden ones, with a tolerance in what eyes see."""

from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from models.evaluation.colour import to_lab
from tests.sdk.delta_e import delta_e_lab

# Graphics cards round differently, WebP keeps about one unit: seen from so many pixels together.
BLUR_PX = 1.0
MEAN, WORST = 1.0, 6.0  # CIEDE2000: of all pixels, and of the 99.5th percentile


def compare(now: np.ndarray, golden: Path, out: Path) -> list[str]:
    """What is wrong with uint8 [H, W, 3], in a sentence; then golden, now and difference lie side by side in `out`."""
    wanted = np.asarray(Image.open(golden).convert("RGB"))
    if now.shape != wanted.shape:
        return [f"{golden.stem}: {now.shape} instead of {wanted.shape}"]
    difference = delta_e_lab(_seen(now), _seen(wanted))
    mean, worst = difference.mean(), np.percentile(difference, 99.5)
    if mean <= MEAN and worst <= WORST:
        return []
    path = out / f"{golden.stem}-difference.png"
    heat = np.repeat((difference * 12).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    Image.fromarray(np.concatenate([wanted, now, heat], axis=1)).save(path)
    return [f"{golden.stem}: mean difference {mean:.2f}, 99.5th percentile {worst:.2f} (CIEDE2000); see {path}"]


def _seen(rgb: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.gaussian_filter(to_lab(rgb), (BLUR_PX, BLUR_PX, 0)))
