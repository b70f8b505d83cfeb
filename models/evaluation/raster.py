"""Nails to an instance mask: the one rasteriser behind every engine's score."""

from collections.abc import Sequence

import numpy as np

from models.evaluation.nail import Mask, Nail

# A pixel belongs to a nail where the soft mask, 0..255, is at least one half.
HALF = 127.5


def rasterise(nails: Sequence[Nail], height: int, width: int, shift: float = 0.0) -> np.ndarray:
    """uint8 [height, width]: 0 background, k the k-th nail. Where two overlap, the more confident one wins.

    shift: px by which everything is moved right and down, as some sources' masks are (`models.data.label_shift`).
    """
    labels = np.zeros((height, width), np.uint8)
    for k in sorted(range(len(nails)), key=lambda k: -nails[k]["confidence"]):
        rows, columns, inside = coverage(nails[k]["mask"], height, width, shift)
        region = labels[rows, columns]
        region[inside & (region == 0)] = k + 1
    return labels


def coverage(mask: Mask, height: int, width: int, shift: float = 0.0) -> tuple[slice, slice, np.ndarray]:
    """The rows and columns of the mask's rect inside the photo, and which of their pixels the mask covers."""
    rect = mask["rect"]
    x0, y0 = rect["x"] + shift, rect["y"] + shift
    left, top = max(int(np.floor(x0)), 0), max(int(np.floor(y0)), 0)
    right = min(int(np.ceil(x0 + rect["width"])), width)
    bottom = min(int(np.ceil(y0 + rect["height"])), height)
    rows, columns = slice(top, max(bottom, top)), slice(left, max(right, left))
    # Pixel i covers [i, i + 1): its centre is i + 0.5.
    x, y = np.meshgrid(
        np.arange(columns.start, columns.stop) + 0.5 - shift, np.arange(rows.start, rows.stop) + 0.5 - shift
    )
    a, b, c, d, e, f = mask["transform"]
    determinant = a * e - b * d
    if not np.isfinite(determinant) or abs(determinant) < 1e-12:
        raise ValueError(f"a nail's mask transform cannot be inverted: {mask['transform']}")
    u = (e * (x - c) - b * (y - f)) / determinant
    v = (a * (y - f) - d * (x - c)) / determinant
    return rows, columns, bilinear(mask["data"], u, v) >= HALF


def bilinear(plane: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The plane [H, W] at continuous pixel coordinates; 0 outside it, the border's value in its outer half pixel."""
    height, width = plane.shape
    values = plane.astype(np.float64)
    column, row = np.clip(u - 0.5, 0, width - 1), np.clip(v - 0.5, 0, height - 1)
    left, top = np.floor(column).astype(int), np.floor(row).astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = column - left, row - top
    upper = values[top, left] * (1 - across) + values[top, right] * across
    lower = values[bottom, left] * (1 - across) + values[bottom, right] * across
    outside = (u < 0) | (v < 0) | (u >= width) | (v >= height)
    return np.where(outside, 0.0, upper * (1 - down) + lower * down)
