"""Colours of skin and nails, estimated from a photo and its mask: what the skin-tone and polish subsets rest on.

Skin is what lies in a ring around a labelled nail and has the hue and chroma of skin. No label of skin or polish
exists, light and white balance of the photos are unknown: good for comparing groups, not for judging one photo.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from models.evaluation.colour import to_lab
from models.evaluation.metrics import IGNORE

# The ring, as parts of the nail's longest side with a least width in pixels: from GAP to REACH off the nail's edge.
GAP, LEAST_GAP_PX = 0.1, 2.0
REACH, LEAST_REACH_PX = 0.4, 5.0
# What counts as skin in CIELAB, under any usual light: hue angle in degrees, chroma, lightness.
HUE, CHROMA, LIGHTNESS = (10.0, 85.0), (5.0, 55.0), (10.0, 95.0)
LEAST_PIXELS = 30
# Distance of a nail's median colour from the skin's in CIELAB with lightness weighing half (k_L = 2: gloss and shade
# change lightness most). Above it the nail counts as polished; chosen by eye on photos of `val`. Bare nails are a
# little pinker and lighter than skin; nude polish cannot be told from them.
LIGHTNESS_WEIGHT = 0.5
POLISHED_DISTANCE = 20.0


@dataclass(frozen=True)
class Colours:
    """CIELAB medians of one photo. skin: None where too few pixels look like skin. nails: by label."""

    skin: np.ndarray | None
    nails: dict[int, np.ndarray]
    nail_skin: dict[int, np.ndarray]  # the skin beside each nail, where it could be told

    def distance(self, label: int) -> float | None:
        """Distance of a nail's colour from the skin beside it, else from the photo's skin; None without either."""
        skin = self.nail_skin.get(label, self.skin)
        if skin is None or label not in self.nails:
            return None
        return float(np.linalg.norm((self.nails[label] - skin) * (LIGHTNESS_WEIGHT, 1, 1)))

    def polished(self, label: int) -> bool | None:
        """Whether the nail counts as polished; None where the skin's colour is unknown."""
        distance = self.distance(label)
        return None if distance is None else distance > POLISHED_DISTANCE


def colours(rgb: np.ndarray, labels: np.ndarray) -> Colours:
    """The medians of a photo (uint8 [H, W, 3]) under its instance mask (uint8 [H, W])."""
    lab = to_lab(rgb)
    beside = (labels == 0) & looks_like_skin(lab)
    nails, nail_skin, every = {}, {}, []
    for label in (int(value) for value in np.unique(labels) if value not in (0, IGNORE)):
        nails[label] = np.median(lab[labels == label], axis=0)
        pixels = lab[ring(labels == label) & beside]
        every.append(pixels)
        if len(pixels) >= LEAST_PIXELS:
            nail_skin[label] = np.median(pixels, axis=0)
    pixels = np.concatenate(every) if every else np.empty((0, 3))
    return Colours(np.median(pixels, axis=0) if len(pixels) >= LEAST_PIXELS else None, nails, nail_skin)


def looks_like_skin(lab: np.ndarray) -> np.ndarray:
    """bool [H, W]: hue, chroma and lightness of skin of any tone."""
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    within = [
        (low <= value) & (value <= high)
        for value, (low, high) in ((hue, HUE), (chroma, CHROMA), (lab[..., 0], LIGHTNESS))
    ]
    return np.logical_and.reduce(within)


def ring(nail: np.ndarray) -> np.ndarray:
    """bool [H, W]: the pixels between GAP and REACH off the nail's edge."""
    rows, columns = np.nonzero(nail)
    longest = float(max(np.ptp(rows), np.ptp(columns)) + 1)
    reach = max(REACH * longest, LEAST_REACH_PX)
    margin = int(reach) + 2
    window = (
        slice(max(rows.min() - margin, 0), rows.max() + margin + 1),
        slice(max(columns.min() - margin, 0), columns.max() + margin + 1),
    )
    distance = distance_transform_edt(~nail[window])
    made = np.zeros(nail.shape, bool)
    made[window] = (distance > max(GAP * longest, LEAST_GAP_PX)) & (distance <= reach)
    return made
