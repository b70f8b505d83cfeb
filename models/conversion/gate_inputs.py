"""Network inputs made from real photos, the same for every gate and every run."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from models.conversion.errors import ConversionError
from models.spec import ModelSpec

PHOTOS_PER_SHAPE = 2
# Of a network with queries: which of them are kept hangs on the picture, and with them what is compared.
PHOTOS_OF_QUERIES = 20
SUFFIXES = (".jpg", ".jpeg", ".png")


def photos_in(directory: Path) -> list[Path]:
    """The photos of a folder, sorted. Raises ConversionError where there are none."""
    found = sorted(p for p in directory.glob("*") if p.suffix.lower() in SUFFIXES) if directory.is_dir() else []
    if not found:
        raise ConversionError(f"no photos in {directory}: the gate needs at least one {' or '.join(SUFFIXES)} there")
    return found


def normalise(rgb: NDArray[np.uint8], spec: ModelSpec) -> NDArray[np.float32]:
    """RGB 0..255 -> (rgb / 255 - mean) / std, float32."""
    mean = np.array(spec.normalisation.mean, np.float32)
    std = np.array(spec.normalisation.std, np.float32)
    scaled: NDArray[np.float32] = (rgb.astype(np.float32) / np.float32(255) - mean) / std
    return scaled


def _views(photo: Image.Image, count: int, width: int, height: int) -> NDArray[np.uint8]:
    """The whole photo for one view; for more, square windows of a third of its short side along its diagonal."""
    if count == 1:
        return np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR))[None]
    side = min(photo.size) // 3
    views = []
    for index in range(count):
        at = (index + 0.5) / count
        left, top = int((photo.width - side) * at), int((photo.height - side) * at)
        window = photo.crop((left, top, left + side, top + side))
        views.append(np.asarray(window.resize((width, height), Image.Resampling.BILINEAR)))
    return np.stack(views)


def gate_inputs(spec: ModelSpec, directory: Path) -> list[NDArray[np.float32]]:
    """Inputs [N, H, W, 3] for each of the spec's gate shapes, taking the photos in turn.

    PHOTOS_PER_SHAPE of them, PHOTOS_OF_QUERIES where the network has queries; where the photos have all been taken, the
    square in the middle of each follows.
    """
    photos = photos_in(directory)
    per_shape = PHOTOS_OF_QUERIES if "queries" in spec.constants else PHOTOS_PER_SHAPE
    inputs = []
    for number in range(len(spec.gate_shapes) * per_shape):
        count, height, width, _ = spec.gate_shapes[number // per_shape]
        with Image.open(photos[number % len(photos)]) as file:
            photo = file.convert("RGB")
        if number >= len(photos):
            photo = ImageOps.fit(photo, (min(photo.size),) * 2)
        inputs.append(normalise(_views(photo, count, width, height), spec))
    return inputs
