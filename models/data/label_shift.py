"""By how much the masks of a source lie beside what they outline.

Polygons painted by a rule that takes a corner at (x, y) for the centre of pixel (x, y), not for its upper left corner,
come out half a pixel too far right and below. `python -m models.evaluation.label_shift` measures it in the photos'
own edges, without a network; docs/models.md has the figures.
"""

from collections.abc import Mapping
from typing import Any

# px, right and below, by the source that meta.json names
_SHIFTS = {"BoarArtem/nails-segmentation": 0.5}


def label_shift(row: Mapping[str, Any]) -> float:
    """Of a photo's row in meta.json: the mask's value at (x + shift, y + shift) belongs to the photo's point (x, y)."""
    return _SHIFTS.get(row.get("source", ""), 0.0)
