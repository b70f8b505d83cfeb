"""Boundary F-score of two masks (Csurka et al., BMVC 2013; the F of Perazzi et al., CVPR 2016)."""

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt

TOLERANCE_PX = 2.0


def boundary_f(truth: np.ndarray, predicted: np.ndarray, tolerance: float = TOLERANCE_PX) -> float:
    """F of boundary precision and recall: a boundary pixel counts that lies at most tolerance px off the other's.

    truth, predicted: bool [H, W]. The boundary is the mask's outermost pixels (four neighbours; the photo's border is
    one). 1 where both are empty, 0 where one is.
    """
    if not truth.any() or not predicted.any():
        return float(truth.any() == predicted.any())
    # Only where either is: distances over a whole photo for each nail take seconds.
    rows, columns = np.nonzero(truth | predicted)
    window = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    edges = [_edge(mask[window]) for mask in (truth, predicted)]
    recall, precision = (
        float((distance_transform_edt(~other)[edge] <= tolerance).mean()) for edge, other in (edges, reversed(edges))
    )
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _edge(mask: np.ndarray) -> np.ndarray:
    edge: np.ndarray = mask & ~binary_erosion(mask)
    return edge
