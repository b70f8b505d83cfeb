"""Writes a .y4m film from photos, for Chromium's fake camera."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps


def write_y4m(
    photos: Sequence[Path], out: Path, *, size: tuple[int, int] = (640, 480), fps: int = 30, frames: int = 30
) -> None:
    """Each photo for so many frames, padded with black to size (width, height, both even); Chromium loops the film.

    y4m and not mjpeg, because Chromium's fake camera shifts mjpeg's colours.
    """
    width, height = size
    with out.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for path in photos:
            with Image.open(path) as photo:
                picture = ImageOps.pad(ImageOps.exif_transpose(photo).convert("RGB"), size)
            film.write((b"FRAME\n" + _i420(np.asarray(picture, np.float32))) * frames)


def _i420(rgb: np.ndarray) -> bytes:
    """RGB [H, W, 3], 0..255, as planar YUV 4:2:0, BT.601 limited range."""
    red, green, blue = np.moveaxis(rgb / 255, -1, 0)
    luma = 16 + 65.481 * red + 128.553 * green + 24.966 * blue
    chroma_blue = 128 - 37.797 * red - 74.203 * green + 112 * blue
    chroma_red = 128 + 112 * red - 93.786 * green - 18.214 * blue
    planes = (luma, _halved(chroma_blue), _halved(chroma_red))
    return b"".join(plane.round().clip(0, 255).astype(np.uint8).tobytes() for plane in planes)


def _halved(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    mean: np.ndarray = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return mean
