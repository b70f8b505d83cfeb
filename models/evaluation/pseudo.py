"""What a data set's meta.json tells: pseudo-labels of fingers, which finger identity and direction are scored against,
and the source, which tells where the masks lie.

meta.json is a list of photos: id, nails (each with its label), and where MediaPipe Hands found a hand
`mediapipe_hands` (handedness, 21 landmarks) and `pseudo_fingers`, one entry or null a nail: hand (index into
mediapipe_hands), finger (0 thumb … 4 little), dir (unit vector, cuticle to tip), cost.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.data.instances import MAX_COST
from models.data.label_shift import label_shift
from models.evaluation.photos import DataError

FINGERS = ("thumb", "index", "middle", "ring", "little")
WRIST, INDEX_KNUCKLE, LITTLE_KNUCKLE = 0, 5, 17  # MediaPipe's landmarks


@dataclass(frozen=True)
class Pseudo:
    """One nail's pseudo-label. reliable: seen from the back of the hand, at a cost that training would use."""

    finger: str
    direction: tuple[float, float]
    reliable: bool


@dataclass(frozen=True)
class PhotoMeta:
    """hands: how many hands the nails belong to, None where nobody knows. fingers: by the nail's label.

    label_shift: px by which the mask lies right of and below what it outlines.
    """

    hands: int | None = None
    fingers: dict[int, Pseudo] = field(default_factory=dict)
    label_shift: float = 0.0


def read_meta(path: Path) -> dict[str, PhotoMeta]:
    """By photo name. Raises DataError for a file that is no such list."""
    try:
        rows = json.loads(path.read_text())
        return {row["id"]: _photo(row) for row in rows}
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(f"{path} is no list of photos with id, nails and pseudo_fingers ({error!r})") from error


def shows_back(hand: dict[str, Any]) -> bool:
    """Whether the back of a MediaPipe hand faces the camera, from the turn from index to little finger.

    MediaPipe names hands as if the picture were mirrored: 'Left' is a right hand in an unmirrored photo. A right hand
    seen from its back has the little finger clockwise of the index finger (y down).
    """
    (wx, wy), (ix, iy), (lx, ly) = (hand["landmarks"][k][:2] for k in (WRIST, INDEX_KNUCKLE, LITTLE_KNUCKLE))
    clockwise = (ix - wx) * (ly - wy) - (iy - wy) * (lx - wx) > 0
    return clockwise == (hand["handedness"] == "Left")


def _photo(row: dict[str, Any]) -> PhotoMeta:
    hands, found = row.get("mediapipe_hands") or [], row.get("pseudo_fingers") or []
    fingers = {
        nail["label"]: Pseudo(
            FINGERS[pseudo["finger"]],
            (pseudo["dir"][0], pseudo["dir"][1]),
            pseudo["cost"] <= MAX_COST and shows_back(hands[pseudo["hand"]]),
        )
        for nail, pseudo in zip(row["nails"], found, strict=False)
        if pseudo
    }
    return PhotoMeta(len({pseudo["hand"] for pseudo in found if pseudo}) or None, fingers, label_shift(row))
