"""Finger identity and direction of matched nails against reliable pseudo-labels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from models.evaluation.cases import NailCase

# Further off than this, base and tip are taken for one another.
TURNED_DEGREES = 90.0


@dataclass(frozen=True)
class FingerFigures:
    """nails: matched nails with a reliable pseudo-label; the rest None where there are none."""

    nails: int
    accuracy: float | None
    direction_median: float | None  # degrees
    direction_p90: float | None
    turned: float | None  # part whose direction is more than 90 degrees off

    def as_dict(self) -> dict[str, float | int | None]:
        return asdict(self)


def finger_figures(nails: Sequence[NailCase]) -> FingerFigures:
    """An unknown finger counts as wrong."""
    pairs = [(nail.nail, nail.pseudo) for nail in nails if nail.nail and nail.pseudo and nail.pseudo.reliable]
    if not pairs:
        return FingerFigures(0, None, None, None, None)
    right = np.array([found["finger"] == pseudo.finger for found, pseudo in pairs])
    errors = np.array([angle_between(found["direction"], pseudo.direction) for found, pseudo in pairs])
    return FingerFigures(
        len(pairs),
        float(right.mean()),
        float(np.median(errors)),
        float(np.percentile(errors, 90)),
        float((errors > TURNED_DEGREES).mean()),
    )


def angle_between(direction: float, vector: tuple[float, float]) -> float:
    """Degrees 0..180 between a direction in radians and a vector."""
    difference = np.degrees(direction - np.arctan2(vector[1], vector[0]))
    return float(abs((difference + 180) % 360 - 180))
