"""One render as files: what a process of the pool does."""

import io
from typing import Any

import numpy as np
from PIL import Image

from models.data.renders.mesh import load_hand
from models.data.renders.scene import render

QUALITY = 92  # of the JPEG, as phones write them


def _encoded(image: Image.Image, kind: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def draw(index: int, seed: int, size: int, depth: bool) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Picture `index` of `seed`: its row and its files by path."""
    picture = render(load_hand(), (seed, index), size)
    name = f"render_{seed}_{index:06d}"
    files = {
        f"images/{name}.jpg": _encoded(Image.fromarray(picture.rgb), "JPEG", quality=QUALITY, subsampling=0),
        f"masks/{name}.png": _encoded(Image.fromarray(picture.mask), "PNG", compress_level=3),
    }
    if depth:
        tenths = np.where(np.isfinite(picture.depth), picture.depth * 1000, 0).clip(0, 65535).astype(np.uint16)
        files[f"depth/{name}.png"] = _encoded(Image.fromarray(tenths), "PNG")
    fingers = []
    for nail in picture.nails:
        axis = np.subtract(nail["tip"], nail["base"])
        along = (axis / max(float(np.linalg.norm(axis)), 1e-6)).round(4).tolist()
        # A nail seen end-on has no direction in the picture.
        seen = float(np.linalg.norm(axis)) > 3
        fingers.append({"hand": nail["hand"], "finger": nail["finger"], "dir": along, "cost": 0.0 if seen else 9.0})
    row = {
        **{"id": name, "split": "renders", "width": size, "height": size, "focal": picture.focal, "ita": picture.ita},
        **{"hands": picture.hands, "views": picture.views, "nails": picture.nails, "pseudo_fingers": fingers},
    }
    return row, files
