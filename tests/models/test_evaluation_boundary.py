"""Boundary F-score of shapes whose score is known."""

import numpy as np
import pytest

from models.evaluation.boundary import boundary_f


def square(x: int, y: int, side: int = 20) -> np.ndarray:
    mask = np.zeros((60, 60), bool)
    mask[y : y + side, x : x + side] = True
    return mask


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_a_shift_within_the_tolerance_scores_one(shift: int) -> None:
    assert boundary_f(square(10, 10), square(10 + shift, 10)) == 1


def test_a_shift_by_three_loses_two_columns() -> None:
    # 76 boundary pixels each. The outer column lies 3 px off with all its 20 pixels; of the inner one three pixels at
    # each end lie within 2 px of the other's rows, so 14 are off.
    assert boundary_f(square(10, 10), square(13, 10)) == pytest.approx((76 - 20 - 14) / 76)


def test_far_apart_scores_zero() -> None:
    assert boundary_f(square(0, 0, 10), square(40, 40, 10)) == 0


def test_empty_masks() -> None:
    empty = np.zeros((60, 60), bool)
    assert boundary_f(empty, empty) == 1
    assert boundary_f(empty, square(10, 10)) == 0
    assert boundary_f(square(10, 10), empty) == 0


def test_a_larger_square_scores_by_its_corners() -> None:
    # 2 px larger on every side: of 92 boundary pixels the corner and its two neighbours at each corner lie sqrt(5) px
    # and more off, so precision is 80 / 92; every pixel of the truth lies 2 px off, so recall is 1.
    precision = 80 / 92
    assert boundary_f(square(20, 20, 20), square(18, 18, 24)) == pytest.approx(2 * precision / (precision + 1))
