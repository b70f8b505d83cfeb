"""From a soft mask and its affine to pixels."""

import math
from typing import Any

import numpy as np

from models.evaluation.nail import Nail
from models.evaluation.raster import bilinear, rasterise

SIDE = 64


def disc(radius: float) -> np.ndarray:
    """A soft disc in the middle of a 64x64 mask: half way at the radius, one mask pixel of ramp."""
    centres = np.arange(SIDE) + 0.5 - SIDE / 2
    distance = np.hypot(*np.meshgrid(centres, centres))
    return (np.clip(radius - distance + 0.5, 0, 1) * 255).round().astype(np.uint8)


def nail(center: tuple[float, float], axes: tuple[float, float], angle: float, **more: Any) -> Nail:
    """A nail whose mask, a disc of radius 24 mask pixels, lands as an ellipse with these half axes."""
    cos, sin = math.cos(angle), math.sin(angle)
    along, across = axes[0] / 24, axes[1] / 24
    a, b, d, e = cos * along, -sin * across, sin * along, cos * across
    middle = SIDE / 2
    transform = [a, b, center[0] - (a + b) * middle, d, e, center[1] - (d + e) * middle]
    reach = max(axes) + 1
    rect = {"x": center[0] - reach, "y": center[1] - reach, "width": 2 * reach, "height": 2 * reach}
    mask = {"rect": rect, "transform": transform, "data": disc(24), "width": SIDE, "height": SIDE}
    return {"confidence": 0.9, "mask": mask, **more}  # type: ignore[typeddict-item]


def ellipse(center: tuple[float, float], axes: tuple[float, float], angle: float, size: tuple[int, int]) -> np.ndarray:
    x, y = np.meshgrid(np.arange(size[1]) + 0.5 - center[0], np.arange(size[0]) + 0.5 - center[1])
    u, v = math.cos(angle) * x + math.sin(angle) * y, -math.sin(angle) * x + math.cos(angle) * y
    inside: np.ndarray = (u / axes[0]) ** 2 + (v / axes[1]) ** 2 <= 1
    return inside


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def test_a_rotated_ellipse_lands_where_geometry_says() -> None:
    place = ((71.3, 48.8), (30.0, 17.0), 0.6)
    labels = rasterise([nail(*place)], 100, 140)
    assert labels.dtype == np.uint8
    assert set(np.unique(labels)) == {0, 1}
    assert iou(labels == 1, ellipse(*place, (100, 140))) > 0.99


def test_a_nail_smaller_than_its_mask_keeps_its_place() -> None:
    place = ((20.5, 20.5), (6.0, 4.0), 1.2)
    assert iou(rasterise([nail(*place)], 40, 40) == 1, ellipse(*place, (40, 40))) > 0.93


def test_a_nail_over_the_edge_is_cut() -> None:
    place = ((1.0, 30.0), (12.0, 8.0), 0.0)
    assert iou(rasterise([nail(*place)], 60, 60) == 1, ellipse(*place, (60, 60))) > 0.98


def test_a_nail_outside_the_photo_leaves_nothing() -> None:
    assert not rasterise([nail((-50.0, 30.0), (12.0, 8.0), 0.0)], 60, 60).any()


def test_the_rect_bounds_the_nail() -> None:
    half = nail((30.0, 30.0), (12.0, 12.0), 0.0)
    half["mask"]["rect"]["width"] /= 2
    labels = rasterise([half], 60, 60)
    assert labels[:, :30].any()
    assert not labels[:, 30:].any()


def test_where_two_overlap_the_more_confident_wins_whatever_the_order() -> None:
    weak, strong = nail((28.0, 30.0), (10.0, 10.0), 0.0, confidence=0.5), nail((34.0, 30.0), (10.0, 10.0), 0.0)
    labels = rasterise([weak, strong], 60, 60)
    assert labels[30, 31] == 2
    assert (labels == 2).sum() > (labels == 1).sum() > 0
    assert np.array_equal(rasterise([strong, weak], 60, 60) == 1, labels == 2)


def test_bilinear_meets_the_pixels_at_their_centres_and_ends_at_the_border() -> None:
    plane = np.array([[0, 100], [200, 40]], np.uint8)
    u, v = np.array([0.5, 1.5, 1.0, 0.1, -0.01, 2.0]), np.array([0.5, 0.5, 1.0, 0.1, 1.0, 1.0])
    assert bilinear(plane, u, v).tolist() == [0, 100, 85, 0, 0, 0]
