"""Distance between two nails' outlines."""

import numpy as np


def hausdorff(one: np.ndarray, other: np.ndarray) -> float:
    """The largest distance, in pixels, of a vertex of either closed polygon [N, 2] from the other polygon's line."""
    return max(_furthest(one, other), _furthest(other, one))


def _furthest(points: np.ndarray, polygon: np.ndarray) -> float:
    start = polygon.astype(float)
    step = np.roll(start, -1, axis=0) - start
    offset = points.astype(float)[:, None] - start[None]
    along = (offset * step).sum(-1) / np.maximum((step * step).sum(-1), 1e-12)
    nearest = start + np.clip(along, 0, 1)[..., None] * step
    distance = np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1)
    return float(distance.max())
