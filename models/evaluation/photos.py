"""A folder to score: images/*.jpg (or .png) and masks/*.png, checked before the first photo is touched."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

MIME = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
# Scores are taken with the longest side at most so long: the size of the labelled photos of `val`.
SCORED_SIDE = 432


class DataError(ValueError):
    """The folder is not what the evaluation needs; the message says what is wrong and where."""


@dataclass(frozen=True)
class Photo:
    """A photo and its instance mask (uint8: 0 background, k the k-th nail, 255 ignored)."""

    image: Path
    mask: Path

    @property
    def name(self) -> str:
        return self.image.stem

    def labels(self) -> np.ndarray:
        """uint8 [H, W]."""
        return np.asarray(Image.open(self.mask))


def read_folder(folder: Path) -> list[Photo]:
    """Every photo of the folder with its mask, by name. Raises DataError for anything missing or not fitting."""
    for needed in (folder, folder / "images", folder / "masks"):
        if not needed.is_dir():
            raise DataError(f"no such folder: {needed} (expected: images/*.jpg and masks/*.png in {folder})")
    return pair(folder / "images", folder / "masks")


def pair(images: Path, masks: Path) -> list[Photo]:
    """The photos of one folder with the masks of the same name in another."""
    found = sorted(path for path in images.iterdir() if path.suffix.lower() in MIME)
    if not found:
        raise DataError(f"no photo in {images} (expected: *.jpg or *.png)")
    photos = [Photo(path, masks / f"{path.stem}.png") for path in found]
    for photo in photos:
        _check(photo)
    return photos


def load_rgb(path: Path | BinaryIO) -> Image.Image:
    """The photo upright (EXIF orientation applied), RGB."""
    with Image.open(path) as opened:
        return ImageOps.exif_transpose(opened).convert("RGB")


def at_scored_size(labels: np.ndarray) -> np.ndarray:
    """The instance mask with its longest side at most SCORED_SIDE: each pixel takes the label at its centre."""
    height, width = labels.shape
    scale = SCORED_SIDE / max(height, width)
    if scale >= 1:
        return labels
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(Image.fromarray(labels).resize(size, Image.Resampling.NEAREST))


def _check(photo: Photo) -> None:
    if not photo.mask.is_file():
        raise DataError(f"{photo.image.name} has no mask: {photo.mask} is missing")
    try:
        with Image.open(photo.image) as image:
            # EXIF orientations 5 to 8 turn the picture by a quarter.
            size = image.size[::-1] if image.getexif().get(0x0112, 1) >= 5 else image.size
    except OSError as error:
        raise DataError(f"{photo.image} cannot be read as an image: {error}") from error
    with Image.open(photo.mask) as mask:
        if mask.mode not in ("L", "P"):
            raise DataError(f"{photo.mask} has mode {mask.mode}; expected 8 bits, one channel: 0 background, k a nail")
        if mask.size != size:
            raise DataError(f"{photo.mask} is {mask.width}x{mask.height}, its photo {size[0]}x{size[1]}")
