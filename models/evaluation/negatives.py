"""Hard negatives: photos without a hand, where every nail found is a false one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.evaluation.photos import MIME, DataError
from models.evaluation.run import Engine


@dataclass(frozen=True)
class Negatives:
    """False nails in hand-free photos. by_photo: photos with at least one, and how many each."""

    photos: int
    false_nails: int
    by_photo: dict[str, int]

    @property
    def per_photo(self) -> float:
        return self.false_nails / self.photos

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "per_photo": self.per_photo}


def negative_photos(folder: Path) -> list[Path]:
    """The photos of the folder itself, or of its images/. Raises DataError where there is none."""
    images = folder / "images" if (folder / "images").is_dir() else folder
    if not images.is_dir():
        raise DataError(f"no such folder: {images} (expected: hand-free photos, *.jpg or *.png)")
    found = sorted(path for path in images.iterdir() if path.suffix.lower() in MIME)
    if not found:
        raise DataError(f"no photo in {images} (expected: hand-free photos, *.jpg or *.png)")
    return found


def count(engine: Engine, photos: Sequence[Path]) -> Iterator[tuple[str, int]]:
    """Each photo's name and the number of nails that the engine finds in it."""
    for photo in photos:
        yield photo.name, len(engine.detect(photo))


def tally(counts: Sequence[tuple[str, int]]) -> Negatives:
    """The figures of counted photos (at least one)."""
    return Negatives(len(counts), sum(n for _, n in counts), {name: n for name, n in counts if n})
