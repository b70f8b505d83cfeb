"""Runs an engine over photos: nails, instance masks, scores."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from models.evaluation.metrics import PhotoScore, score_photo
from models.evaluation.nail import Nail
from models.evaluation.photos import Photo, at_scored_size
from models.evaluation.raster import rasterise


class Engine(Protocol):
    """Anything that finds the nails of a photo file."""

    def detect(self, photo: Path) -> list[Nail]:
        """The nails in pixels of the upright photo."""

    def describe(self) -> dict[str, Any]:
        """What ran, for the record."""


@dataclass(frozen=True)
class Result:
    """One scored photo. labels: the predicted instance mask, uint8, at the photo's own size."""

    photo: Photo
    nails: list[Nail]
    labels: np.ndarray
    score: PhotoScore


def run(engine: Engine, photos: Sequence[Photo]) -> Iterator[Result]:
    """Each photo in turn, scored with its longest side at most 432 px."""
    for photo in photos:
        truth = photo.labels()
        nails = engine.detect(photo.image)
        labels = rasterise(nails, *truth.shape)
        score = score_photo(at_scored_size(truth), at_scored_size(labels), [nail["confidence"] for nail in nails])
        yield Result(photo, nails, labels, score)


def score_as_drawn(result: Result, label_shift: float) -> PhotoScore:
    """The score where the photo's masks were drawn; they are stored `label_shift` px right of there and below."""
    truth = result.photo.labels()
    height, width = truth.shape
    labels = rasterise(result.nails, height, width, label_shift)
    return score_photo(at_scored_size(truth), at_scored_size(labels), [nail["confidence"] for nail in result.nails])


def write_masks(folder: Path) -> Callable[[Result], None]:
    """Writes each result's instance mask into the folder as NAME.png, for anyone to score."""
    folder.mkdir(parents=True, exist_ok=True)
    return lambda result: Image.fromarray(result.labels).save(folder / f"{result.photo.name}.png")
