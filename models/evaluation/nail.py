"""A nail as Python sees it: the plain data of DESIGN §2, with arrays where JavaScript has typed arrays."""

from typing import Any, NotRequired, TypedDict

import numpy as np

# x' = a*x + b*y + c, y' = d*x + e*y + f: [a, b, c, d, e, f]
Affine = list[float]


class Rect(TypedDict):
    """In frame pixels."""

    x: float
    y: float
    width: float
    height: float


class Mask(TypedDict):
    """A soft mask, 0..255, uint8 [height, width], and the affine from its pixels to frame pixels."""

    rect: Rect
    transform: Affine
    data: np.ndarray
    width: int
    height: int


class Nail(TypedDict):
    """What an engine yields, in pixels of the photo. contour: float32 [points, 2], closed implicitly.

    rotation: [6], axis from base to tip, then across; x right, y down, z away; only from the r6d variant.
    """

    hand: int
    finger: str
    confidence: float
    center: dict[str, float]
    size: dict[str, float]
    direction: float
    keypoints: list[dict[str, float]]
    mask: Mask
    contour: np.ndarray
    rotation: NotRequired[list[float]]


def from_json(plain: dict[str, Any]) -> Nail:
    """The nail that a page sent as JSON: mask.data as latin-1 text (one character a byte), contour as numbers."""
    mask = plain["mask"]
    data = np.frombuffer(mask["data"].encode("latin-1"), np.uint8).reshape(mask["height"], mask["width"])
    contour = np.asarray(plain["contour"], np.float32).reshape(-1, 2)
    nail: Nail = {**plain, "mask": {**mask, "data": data}, "contour": contour}  # type: ignore[typeddict-item]
    return nail


def scaled(nail: Nail, factor: float) -> Nail:
    """The nail in a frame factor times as large."""
    mask = nail["mask"]
    return {
        **nail,
        "center": _times(nail["center"], factor),
        "size": _times(nail["size"], factor),
        "keypoints": [_times(point, factor) for point in nail["keypoints"]],
        "mask": {
            **mask,
            "rect": _times(mask["rect"], factor),  # type: ignore[typeddict-item]
            "transform": [value * factor for value in mask["transform"]],
        },
        "contour": nail["contour"] * factor,
    }


def _times(values: Any, factor: float) -> dict[str, float]:
    return {name: value * factor for name, value in values.items()}
