"""Scores of hand-made masks whose values are known."""

import math

import numpy as np
import pytest

from models.evaluation.metrics import average_precision, score_photo, summarise


def canvas(*boxes: tuple[int, int, int, int, int], size: tuple[int, int] = (40, 40)) -> np.ndarray:
    """Boxes (label, x, y, width, height) on an empty mask."""
    labels = np.zeros(size, np.uint8)
    for label, x, y, width, height in boxes:
        labels[y : y + height, x : x + width] = label
    return labels


def test_a_perfect_prediction_scores_one_everywhere() -> None:
    truth = canvas((1, 2, 2, 10, 10), (2, 20, 20, 10, 10))
    summary = summarise([score_photo(truth, truth, [0.9, 0.8])])
    figures = summary.as_dict()
    assert [figures[name] for name in ("image_iou", "matched_iou", "matched_iou_p10", "recall", "precision")] == [1] * 5
    assert summary.ap50 == pytest.approx(1)
    assert (summary.nails, summary.predictions, summary.photos, summary.photos_with_nails) == (2, 2, 1, 1)


def test_a_shifted_box_has_the_iou_of_its_overlap() -> None:
    # 10x10 boxes two columns apart: 80 shared pixels of 120.
    score = score_photo(canvas((1, 2, 2, 10, 10)), canvas((1, 4, 2, 10, 10)), [0.7])
    assert score.matched == (pytest.approx(80 / 120),)
    assert score.image_iou == pytest.approx(80 / 120)


def test_under_half_is_no_match_but_counts_for_the_image() -> None:
    # Four columns apart: 60 of 140.
    score = score_photo(canvas((1, 2, 2, 10, 10)), canvas((1, 6, 2, 10, 10)), [0.7])
    assert score.matched == (None,)
    assert score.image_iou == pytest.approx(60 / 140)
    summary = summarise([score])
    assert (summary.recall, summary.precision, summary.ap50) == (0, 0, 0)
    assert math.isnan(summary.matched_iou)
    assert summary.as_dict()["matched_iou"] is None


def test_exactly_half_is_a_match() -> None:
    score = score_photo(canvas((1, 0, 0, 10, 10)), canvas((1, 0, 0, 10, 5)), [0.7])
    assert score.matched == (0.5,)


def test_matching_is_greedy_by_confidence_and_a_nail_is_matched_once() -> None:
    truth = canvas((1, 0, 0, 12, 10))
    predicted = canvas((1, 0, 0, 6, 10), (2, 6, 0, 6, 10))
    # Both halves reach 0.5; the more confident one, label 2, takes the nail.
    score = score_photo(truth, predicted, [0.3, 0.9])
    assert score.confidences == (0.9, 0.3)
    assert score.matched == (0.5, None)


def test_labels_need_not_be_consecutive() -> None:
    score = score_photo(canvas((3, 0, 0, 5, 5), (9, 20, 20, 5, 5)), canvas((1, 20, 20, 5, 5)), [0.5])
    assert score.nails == 2
    assert score.matched == (1.0,)


def test_ignored_pixels_count_for_nobody() -> None:
    truth = canvas((255, 0, 0, 10, 10), (1, 20, 20, 10, 10))
    predicted = canvas((1, 0, 0, 10, 9), (2, 20, 20, 10, 10))
    score = score_photo(truth, predicted, [0.9, 0.8])
    assert score.nails == 1
    assert score.matched == (1.0,)
    assert score.image_iou == 1


def test_a_photo_without_nails_counts_only_for_precision() -> None:
    empty = canvas()
    with_nail = canvas((1, 2, 2, 10, 10))
    summary = summarise([score_photo(empty, with_nail, [0.9]), score_photo(with_nail, with_nail, [0.9])])
    assert summary.photos_with_nails == 1
    assert summary.image_iou == 1
    assert summary.recall == 1
    assert summary.precision == 0.5


def test_a_prediction_wholly_under_better_ones_is_false() -> None:
    labels = canvas((1, 2, 2, 10, 10))
    assert score_photo(labels, labels, [0.9, 0.8]).matched == (1.0, None)


def test_average_precision_of_a_known_ranking() -> None:
    # Ranked: hit, miss, hit of two nails; precision 1, 1/2, 2/3; area = 0.5 * 1 + 0.5 * 2/3.
    truth = canvas((1, 0, 0, 5, 5), (2, 20, 20, 5, 5))
    predicted = canvas((1, 0, 0, 5, 5), (2, 10, 10, 5, 5), (3, 20, 20, 5, 5))
    assert average_precision([score_photo(truth, predicted, [0.9, 0.8, 0.7])]) == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="one size"):
        score_photo(canvas(), canvas(size=(20, 40)), [])
