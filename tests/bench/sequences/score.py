"""How well an overlay keeps to the nails of a film."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.sequences.films import FPS, HEIGHT, SEEN, WIDTH, Nail

FOUND_PX = 16.0  # NEAR of a usual nail: a false detection has no true length
NEAR = 0.6  # lengths of the nail: farther off, what is drawn is not on this nail


@dataclass(frozen=True)
class Drawn:
    """A nail of the overlay."""

    id: int
    x: float
    y: float


@dataclass(frozen=True)
class Score:
    """error: pixels from the nail's centre, median and 95th percentile; in lengths of the nail, mean.

    jitter: pixels, root mean square of what the error changes by from frame to frame. lag: milliseconds that the
    overlay trails behind a moving nail, by least squares; nan where nothing moves. covered: share of the nails in view
    that are drawn. ghost: milliseconds, the longest, that something in the picture is drawn on no nail. held: the same,
    but for as long as the tracker is given it there: what is no false detection. switches: of ids. found: share of the
    nails in view that the tracker was given, in the frames that were looked at.
    """

    error_px: float
    error_p95_px: float
    error_lengths: float
    jitter_px: float
    lag_ms: float
    covered: float
    ghost_ms: float
    held_ms: float
    switches: int
    found: float


def score(
    truth: Sequence[Sequence[Nail]],
    overlay: Sequence[Sequence[Drawn]],
    given: Mapping[int, Sequence[Drawn]] | None = None,
) -> Score:
    """truth, overlay: frame by frame. given: what the tracker was given, by the frame that it was found in."""
    errors: dict[int, dict[int, tuple[float, float]]] = defaultdict(dict)  # nail, frame
    ghosts, held = _Runs(), _Runs()
    lengths, expected = [], 0
    switches = 0
    shown_as: dict[int, int] = {}
    for index, (nails, drawn) in enumerate(zip(truth, overlay, strict=True)):
        free = list(drawn)
        in_view = [nail for nail in nails if nail.visible >= SEEN]
        expected += len(in_view)
        for nail in in_view:
            near = [(np.hypot(d.x - nail.x, d.y - nail.y), d) for d in free]
            distance, best = min(near, key=lambda pair: pair[0], default=(np.inf, None))
            if best is None or distance > NEAR * nail.length:
                continue
            free.remove(best)
            errors[nail.id][index] = (best.x - nail.x, best.y - nail.y)
            lengths.append(distance / nail.length)
            switches += shown_as.get(nail.id, best.id) != best.id
            shown_as[nail.id] = best.id
        # What lies on a nail that is half hidden is neither right nor wrong.
        doubtful = [nail for nail in nails if nail.visible < SEEN]
        ghostly = [
            d
            for d in free
            if 0 <= d.x < WIDTH
            and 0 <= d.y < HEIGHT
            and all(np.hypot(d.x - n.x, d.y - n.y) > NEAR * n.length for n in [*doubtful, *in_view])
        ]
        seen = (given or {}).get(index, ())
        ghosts.go_on({d.id for d in ghostly})
        held.go_on({d.id for d in ghostly if all(np.hypot(d.x - s.x, d.y - s.y) > FOUND_PX for s in seen)})
    distances = [np.hypot(*error) for by_frame in errors.values() for error in by_frame.values()]
    return Score(
        error_px=float(np.median(distances)) if distances else np.inf,
        error_p95_px=float(np.percentile(distances, 95)) if distances else np.inf,
        error_lengths=float(np.mean(lengths)) if lengths else np.inf,
        jitter_px=_jitter(errors),
        lag_ms=_lag(truth, errors),
        covered=len(distances) / max(expected, 1),
        ghost_ms=ghosts.longest * 1000 / FPS,
        held_ms=held.longest * 1000 / FPS,
        switches=switches,
        found=_found(truth, given or {}),
    )


class _Runs:
    """Who is there in how many frames in a row."""

    def __init__(self) -> None:
        self._now: dict[int, int] = {}
        self.longest = 0

    def go_on(self, there: set[int]) -> None:
        self._now = {each: self._now.get(each, 0) + 1 for each in there}
        self.longest = max([self.longest, *self._now.values()])


def _found(truth: Sequence[Sequence[Nail]], given: Mapping[int, Sequence[Drawn]]) -> float:
    looked_at = [(nail, given[index]) for index in given for nail in truth[index] if nail.visible >= SEEN]
    near = [any(np.hypot(d.x - n.x, d.y - n.y) <= NEAR * n.length for d in drawn) for n, drawn in looked_at]
    return float(np.mean(near)) if near else np.nan


def _jitter(errors: dict[int, dict[int, tuple[float, float]]]) -> float:
    steps = [
        np.subtract(error, by_frame[index - 1])
        for by_frame in errors.values()
        for index, error in by_frame.items()
        if index - 1 in by_frame
    ]
    return float(np.sqrt(np.mean(np.sum(np.square(steps), axis=1)))) if steps else np.nan


def _lag(truth: Sequence[Sequence[Nail]], errors: dict[int, dict[int, tuple[float, float]]]) -> float:
    """error = constant of the nail - lag * velocity; the constant is what the networks are off by at rest."""
    places = [{nail.id: (nail.x, nail.y) for nail in nails} for nails in truth]
    products, squares = 0.0, 0.0
    for nail, by_frame in errors.items():
        rows = []
        for index, error in by_frame.items():
            if 0 < index < len(places) - 1 and nail in places[index - 1] and nail in places[index + 1]:
                velocity = np.subtract(places[index + 1][nail], places[index - 1][nail]) * FPS / 2
                rows.append((*error, *velocity))
        if len(rows) > 2:
            centred = np.array(rows) - np.mean(rows, axis=0)
            products += float(np.sum(centred[:, :2] * centred[:, 2:]))
            squares += float(np.sum(centred[:, 2:] ** 2))
    return -1000 * products / squares if squares > 100 else np.nan
