"""lunula_sample written a second time, in float64 numpy, from the header's words."""

import numpy as np

from models.spec import SPECS


def reference_sample(rgba: np.ndarray, affine: np.ndarray, size: tuple[int, int], model: str) -> np.ndarray:
    """[height, width, 3]."""
    width, height = size
    a, b, c, d, e, f = np.asarray(affine, np.float64)
    taps = int(np.clip(np.ceil(max(np.hypot(a, d), np.hypot(b, e)) - 1e-3), 1, 8))
    x = (np.arange(width * taps) + 0.5) / taps
    y = (np.arange(height * taps) + 0.5) / taps
    x, y = np.meshgrid(x, y)
    fine = bilinear(rgba[..., :3], a * x + b * y + c, d * x + e * y + f, model)
    return fine.reshape(height, taps, width, taps, 3).mean((1, 3))


def bilinear(rgb: np.ndarray, x: np.ndarray, y: np.ndarray, model: str) -> np.ndarray:
    """Normalised values at continuous positions; 0 (the mean) outside."""
    normalisation = SPECS[model].normalisation
    values = (rgb / 255 - np.array(normalisation.mean)) / np.array(normalisation.std)
    height, width = rgb.shape[:2]
    u, v = x - 0.5, y - 0.5
    left, top = np.floor(u).astype(int), np.floor(v).astype(int)
    out = np.zeros((*x.shape, 3))
    for dy in (0, 1):
        for dx in (0, 1):
            column, row = left + dx, top + dy
            weight = (1 - np.abs(u - column)) * (1 - np.abs(v - row))
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            texel = values[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
            out += np.where(inside, weight, 0)[..., None] * texel
    return out
