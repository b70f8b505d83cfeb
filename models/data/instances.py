"""Geometry of one labelled nail: centre, axis, size, base and tip, from its mask and its pseudo-label."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A nail longer than wide by this factor has an axis that its mask alone tells reliably.
RELIABLE_ELONGATION = 1.25
# Pseudo-labels with a higher cost (about the worst 5 %) are not used, nor unsure ones this far off the mask's own axis.
MAX_COST = 0.6
MAX_AXIS_ERROR = np.deg2rad(40)
SURE_COST = 0.3  # about the better half
MIN_AREA_PX = 30


@dataclass(frozen=True)
class Nail:
    """One nail in photo pixels (continuous coordinates, y down)."""

    label: int
    center: tuple[float, float]
    length: float  # extent along the axis
    width: float  # extent across
    direction: tuple[float, float]  # unit vector; cuticle to tip where direction_known, else one of the two senses
    axis_known: bool
    direction_known: bool
    finger: int  # 0 thumb … 4 little, -1 unknown
    base: tuple[float, float]
    tip: tuple[float, float]


def describe(mask: NDArray[np.uint8], label: int, box: list[int], pseudo: dict[str, Any] | None) -> Nail | None:
    """Measures the nail `label` inside box [x0, y0, x1, y1]; None when it has under MIN_AREA_PX pixels.

    The axis is the mask's principal axis where the nail is clearly longer than wide, else the
    pseudo-label's finger direction.
    """
    x0, y0, x1, y1 = (max(0, int(v)) for v in box)
    ys, xs = np.nonzero(mask[y0 : y1 + 1, x0 : x1 + 1] == label)
    if len(xs) < MIN_AREA_PX:
        return None
    points = np.stack([xs + x0 + 0.5, ys + y0 + 0.5], 1)
    center = points.mean(0)
    offsets = points - center
    values, vectors = np.linalg.eigh(offsets.T @ offsets / len(offsets))
    axis = vectors[:, 1]
    elongation = float(np.sqrt(values[1] / max(values[0], 1e-6)))
    elongated = elongation >= RELIABLE_ELONGATION

    usable = pseudo is not None and pseudo["cost"] <= MAX_COST
    if pseudo is not None and usable:
        finger_direction = np.asarray(pseudo["dir"], float)
        cosine = float(axis @ finger_direction)
        agrees = abs(cosine) >= np.cos(MAX_AXIS_ERROR)
        if elongated and agrees:
            axis = axis * np.sign(cosine)
        elif not elongated or pseudo["cost"] <= SURE_COST:
            axis = finger_direction  # a round mask has no axis; one wider than long is a nail seen from its tip
        else:
            usable = elongated = False

    across = np.array([-axis[1], axis[0]])
    along_values, across_values = offsets @ axis, offsets @ across
    # Half a pixel on each side: the extent of the pixels, not of their centres.
    low, high = float(along_values.min()) - 0.5, float(along_values.max()) + 0.5
    width = float(np.ptp(across_values)) + 1.0
    base, tip = center + low * axis, center + high * axis
    return Nail(
        label=label,
        center=(float(center[0]), float(center[1])),
        length=high - low,
        width=width,
        direction=(float(axis[0]), float(axis[1])),
        axis_known=elongated or usable,
        direction_known=usable,
        finger=int(pseudo["finger"]) if pseudo is not None and usable else -1,
        base=(float(base[0]), float(base[1])),
        tip=(float(tip[0]), float(tip[1])),
    )


def moved(nail: Nail, by: float) -> Nail:
    """The nail `by` pixels further right and down."""
    center, base, tip = ((x + by, y + by) for x, y in (nail.center, nail.base, nail.tip))
    return replace(nail, center=center, base=base, tip=tip)
