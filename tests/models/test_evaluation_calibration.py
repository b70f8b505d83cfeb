"""Reliability and ECE of sets whose values are known."""

import math

import pytest

from models.evaluation.calibration import expected_calibration_error, reliability


def test_ece_of_a_known_set() -> None:
    # 0.9..1: four at 0.95, three right: |0.95 - 0.75| = 0.2; 0.5..0.6: one at 0.55, wrong: 0.55. (4 * 0.2 + 0.55) / 5.
    bins = reliability([0.95] * 4 + [0.55], [True, True, True, False, False])
    assert expected_calibration_error(bins) == pytest.approx((4 * 0.2 + 0.55) / 5)


def test_a_calibrated_set_has_none() -> None:
    confidences = [0.25] * 4 + [0.75] * 4
    correct = [True, False, False, False, True, True, True, False]
    assert expected_calibration_error(reliability(confidences, correct)) == pytest.approx(0)


def test_bins_are_ten_and_one_belongs_to_the_last() -> None:
    bins = reliability([0.0, 0.1, 0.99, 1.0], [False, False, True, True])
    assert [one.count for one in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert (bins[0].low, bins[9].high) == (0, 1)
    assert math.isnan(bins[5].correct)


def test_nothing_has_no_error() -> None:
    assert math.isnan(expected_calibration_error(reliability([], [])))
