"""The folder scored again under each degradation, and what that costs against the photos as they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from models.evaluation.degradations import DEGRADATIONS, degraded_photos
from models.evaluation.metrics import Summary, summarise
from models.evaluation.photos import Photo
from models.evaluation.run import Engine, run

FIGURES = ("matched_iou", "recall", "precision", "image_iou", "ap50")


@dataclass(frozen=True)
class EdgeCase:
    """One degradation's figures and the loss of each in points (hundredths; negative: it got better)."""

    name: str
    summary: Summary
    loss: dict[str, float | None]

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "summary": self.summary.as_dict(), "loss_points": self.loss}


def edge_cases(engine: Engine, photos: Sequence[Photo], clean: Summary) -> Iterator[EdgeCase]:
    """Every degradation in turn. clean: the summary of the same photos as they are."""
    for name in DEGRADATIONS:
        with TemporaryDirectory(prefix="lunula-") as folder:
            degraded = degraded_photos(photos, name, Path(folder))
            summary = summarise([result.score for result in run(engine, degraded)])
        yield EdgeCase(name, summary, losses(clean, summary))


def losses(clean: Summary, degraded: Summary) -> dict[str, float | None]:
    """Points that each figure lost; None where one of the two has none."""
    points = {name: 100 * (getattr(clean, name) - getattr(degraded, name)) for name in FIGURES}
    return {name: None if value != value else value for name, value in points.items()}
