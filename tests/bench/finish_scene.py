"""What finishes are looked at on: photos, their nails as the networks found them, a look for each finish and shape."""

import base64
import json
from typing import Any

from PIL import Image

from tests.conftest import PHOTOS, ROOT

NAILS = ROOT / "tests" / "data" / "finishes" / "nails.json"

GOLDEN_SIZE = 192
# Photo, the nail in the middle of the crop, frame pixels per crop pixel.
GOLDEN_CROP = ("kg_cc25f453-04ca", 0, 0.75)

FINISHES: dict[str, dict[str, Any]] = {
    "cream": {"color": "#c3182c"},
    "gloss": {"color": "#8a0f2c"},
    "matte": {"color": "#4c1735"},
    "jelly": {"color": "#b0122e"},
    "shimmer": {"color": "#e5c9c7", "accent": "#ffffff"},
    "glitter": {"color": "#1c2040", "accent": "#aab4ff"},
    "metallic": {"color": "#b98a7a"},
    "chrome": {"color": "#c9ccd3"},
    "cat-eye": {"color": "#3b1030", "accent": "#d58ac4"},
    "holographic": {"color": "#c9ccd3"},
    "french": {"color": "#e8b9ae"},
    "ombre": {"color": "#e27a9b"},
    "pattern": {"color": "#134170", "pattern": "flowers"},
}
SHAPES = {
    "natural": {"color": "#a9586a", "finish": "gloss", "length": 0.35},
    "square": {"color": "#e8b9ae", "finish": "french", "length": 0.4},
    "round": {"color": "#c4977a", "finish": "gloss", "length": 0.4},
    "almond": {"color": "#8a0f2c", "finish": "gloss", "length": 0.6},
    "stiletto": {"color": "#c9ccd3", "finish": "chrome", "length": 0.9},
    "coffin": {"color": "#dcbfa4", "finish": "cream", "length": 0.7},
}
LOOKS: dict[str, dict[str, Any]] = {
    **{finish: {"polish": {"finish": finish, **rest}} for finish, rest in FINISHES.items()},
    **{shape: {"polish": {"shape": shape, **rest}} for shape, rest in SHAPES.items()},
}
# Photos small enough to commit: every finish, and two shapes for the part past the tip.
GOLDENS = [*FINISHES, "almond", "coffin"]


def crop(name: str, number: int, scale: float, size: int) -> tuple[Image.Image, list[dict[str, Any]]]:
    """size x size pixels around the number-th nail, and all nails of the photo, in its pixels."""
    photo = Image.open(PHOTOS / f"{name}.jpg").convert("RGB")
    nails = json.loads(NAILS.read_text())[name]
    half = size * scale / 2
    left, top = (round(nails[number]["center"][axis] - half) for axis in "xy")
    side = round(2 * half)
    picture = photo.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BICUBIC)
    return picture, [_moved(nail, left, top, size / side) for nail in nails]


def _moved(nail: dict[str, Any], left: int, top: int, scale: float) -> dict[str, Any]:
    a, b, c, d, e, f = nail["mask"]["transform"]
    transform = [value * scale for value in (a, b, c - left, d, e, f - top)]
    data = list(base64.b64decode(nail["mask"]["data"]))
    center, size = nail["center"], nail["size"]
    return {
        **nail,
        "center": {"x": (center["x"] - left) * scale, "y": (center["y"] - top) * scale},
        "size": {"length": size["length"] * scale, "width": size["width"] * scale},
        "mask": {**nail["mask"], "transform": transform, "data": data},
    }
