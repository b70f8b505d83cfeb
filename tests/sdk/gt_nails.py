"""Nails made from an instance mask: what a perfect detector would say, for tests of what comes after it."""

from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

MASK_SIZE = 64
SIDE_FACTOR = 1.5  # patch side / the nail's longest side, as in models/spec.py


def nails_from_labels(labels: np.ndarray, scale: float = 1.0) -> list[dict[str, Any]]:
    """labels uint8 [H, W]; scale: frame pixels per label pixel. Nails as JSON, mask data as a list."""
    return [_nail(labels == k, int(k), scale) for k in np.unique(labels) if k > 0]


def data_url(image: Image.Image) -> str:
    import base64
    import io

    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _nail(inside: np.ndarray, number: int, scale: float) -> dict[str, Any]:
    y, x = np.nonzero(inside)
    points = np.stack([x, y], 1) + 0.5
    center = points.mean(0)
    axis = np.linalg.eigh(np.cov((points - center).T))[1][:, 1]
    axis = axis if axis[1] < 0 else -axis  # up: the side does not matter here
    across = np.array([-axis[1], axis[0]])
    length, width = (np.ptp((points - center) @ each) + 1 for each in (axis, across))
    step = SIDE_FACTOR * max(length, width) / MASK_SIZE
    # Mask x runs across, mask y against the axis (the tip is at the top).
    linear = step * np.stack([across, -axis], 1)
    origin = center - linear @ [MASK_SIZE / 2, MASK_SIZE / 2]
    grid = np.stack(np.meshgrid(np.arange(MASK_SIZE), np.arange(MASK_SIZE)), -1) + 0.5
    frame = grid @ linear.T + origin - 0.5
    soft = ndimage.gaussian_filter(inside.astype(float), 0.7)
    mask = ndimage.map_coordinates(soft, [frame[..., 1], frame[..., 0]], order=1)
    transform = np.column_stack([linear, origin]) * scale
    low, high = points.min(0) - 0.5, points.max(0) + 0.5
    return {
        "id": number,
        "hand": 0,
        "finger": "unknown",
        "confidence": 1.0,
        "center": {"x": center[0] * scale, "y": center[1] * scale},
        "size": {"length": length * scale, "width": width * scale},
        "direction": float(np.arctan2(axis[1], axis[0])),
        "keypoints": [],
        "contour": [],
        "mask": {
            "rect": {
                "x": low[0] * scale,
                "y": low[1] * scale,
                "width": (high - low)[0] * scale,
                "height": (high - low)[1] * scale,
            },
            "transform": transform.ravel().tolist(),
            "data": (mask * 255).round().astype(int).ravel().tolist(),
            "width": MASK_SIZE,
            "height": MASK_SIZE,
        },
    }
