"""How far `confidence` can be taken at its word: reliability diagram and expected calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Predictions of confidence [low, high), in the last bin [low, 1]. The means are nan where there are none."""

    low: float
    high: float
    count: int
    confidence: float  # mean
    correct: float  # part that is matched


def reliability(confidences: Sequence[float], correct: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Bins of equal width over 0..1."""
    values, hits = np.asarray(confidences, float), np.asarray(correct, bool)
    index = np.clip((values * bins).astype(int), 0, bins - 1)
    made = []
    for k in range(bins):
        chosen = index == k
        mean, rate = (float(x[chosen].mean()) if chosen.any() else float("nan") for x in (values, hits))
        made.append(Bin(k / bins, (k + 1) / bins, int(chosen.sum()), mean, rate))
    return made


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean of |confidence - correct| over the predictions, bin by bin (Guo et al., ICML 2017); nan without any."""
    total = sum(one.count for one in bins)
    if not total:
        return float("nan")
    return sum(one.count * abs(one.confidence - one.correct) for one in bins if one.count) / total
