"""What the tests ask of a painted photo."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from models.evaluation.photos import load_rgb

# Chromium and Pillow decode a JPEG within 2 levels of each other; polish changes a nail by far more.
CHANGED_LEVELS = 12


def pixels(png: bytes) -> np.ndarray:
    """uint8 [H, W, 3]."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def changed(photo: Path, painted: np.ndarray) -> np.ndarray:
    """bool [H, W]: where the painted photo differs visibly from the photo."""
    before = np.asarray(load_rgb(photo)).astype(np.int16)
    assert before.shape == painted.shape, "the painted photo has the photo's full size"
    visible: np.ndarray = np.abs(before - painted).max(axis=-1) > CHANGED_LEVELS
    return visible


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Of two boolean masks."""
    return float((one & other).sum() / max((one | other).sum(), 1))
