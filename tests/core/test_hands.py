"""Hands in the core: the same boxes as the NumPy decoding, ROIs, and which hand a nail belongs to."""

import numpy as np
import pytest

from models.evaluation.core import Core, Hand
from models.evaluation.core_library import CoreError
from models.evaluation.hand_boxes import decode_hands
from models.spec import HAND_DETECTOR, NAIL_HEATMAP, NAIL_PATCH
from tests.core.synthetic import IDENTITY, Ellipse, pass1

_, ROWS, COLUMNS, _ = HAND_DETECTOR.outputs[0].shape
SIZE = int(HAND_DETECTOR.constants["size"])


def boxes(hands: list[Hand]) -> np.ndarray:
    return np.array([[h.left, h.top, h.right, h.bottom] for h in hands]).reshape(-1, 4)


@pytest.mark.parametrize("seed", range(20))
def test_decoding_agrees_with_numpy(core: Core, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.normal(-2, 2, (ROWS, COLUMNS, 1)).astype(np.float32)  # type: ignore[arg-type]
    sides = rng.uniform(-0.1, 1.5, (ROWS, COLUMNS, 4)).astype(np.float32)  # type: ignore[arg-type]
    affine = core.fit_rect((0, 0, 480, 480), SIZE, SIZE)
    found, expected = core.decode_hands(scores, sides, affine, 480, 480), decode_hands(scores, sides)
    scale, offset = affine[0], affine[[2, 5, 2, 5]]
    in_frame = expected.boxes * scale + offset
    np.testing.assert_allclose(boxes(found), in_frame, atol=1e-2)
    np.testing.assert_allclose([hand.score for hand in found], expected.scores, atol=1e-5)


def test_a_frame_without_a_hand_has_none(core: Core) -> None:
    nothing = np.full((ROWS, COLUMNS, 1), -6), np.zeros((ROWS, COLUMNS, 4))  # type: ignore[arg-type]
    assert core.decode_hands(*nothing, IDENTITY, SIZE, SIZE) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_make_no_hand(core: Core, value: float) -> None:
    scores, sides = np.full((4, 4, 1), -6.0), np.ones((4, 4, 4))
    sides[1, 1], scores[1, 1] = value, 4
    assert core.decode_hands(scores, sides, IDENTITY, 64, 64) == []
    assert core.decode_hands(np.full_like(scores, value), np.ones_like(sides), IDENTITY, 64, 64)[2:] == []


def test_a_turned_affine_is_refused(core: Core) -> None:
    with pytest.raises(CoreError, match="decode_hands refused"):
        core.decode_hands(np.zeros((4, 4, 1)), np.zeros((4, 4, 4)), [0, 1, 0, -1, 0, 0], 64, 64)


def test_the_roi_is_the_padded_square_inside_the_frame(core: Core) -> None:
    side = 120 * (1 + 2 * NAIL_HEATMAP.constants["roi_padding"])
    assert core.hand_roi(640, 480, Hand(1, 200, 200, 320, 260)) == pytest.approx((260 - side / 2, 158, side, side))
    x, y, width, height = core.hand_roi(640, 480, Hand(1, 600, 0, 640, 120))
    assert (y, x + width, height) == (0, 640, pytest.approx(60 + side / 2))


def test_a_small_roi_is_the_whole_frame(core: Core) -> None:
    assert core.hand_roi(640, 480, Hand(1, 200, 200, 240, 230)) == (0, 0, 640, 480)
    assert core.hand_roi(640, 480, Hand(1, np.nan, 200, 400, 330)) == (0, 0, 640, 480)


def test_a_nail_belongs_to_the_nearest_region(core: Core) -> None:
    core.set_regions([(0, 0, 128, 128), (128, 0, 128, 128)])
    nails = [Ellipse(60, 60, 30, 20, 0.3), Ellipse(200, 90, 30, 20, 0.3)]
    found = core.decode_heatmap(*pass1(nails, 64, 64), IDENTITY)
    assert {round(nail.center[0]): nail.hand for nail in found} == {60: 0, 200: 1}
    core.set_regions([(0, 0, 0, 0), (0, 0, 256, 256)])
    assert {nail.hand for nail in core.decode_heatmap(*pass1(nails, 64, 64), IDENTITY)} == {1}


def test_two_looks_are_one_list_without_duplicates(core: Core) -> None:
    core.set_regions([])
    left, both, right = Ellipse(60, 60, 30, 20, 0), Ellipse(128, 90, 30, 20, 0, logit=2), Ellipse(200, 90, 30, 20, 0)
    core.decode_heatmap(*pass1([left, both], 64, 64), IDENTITY)
    better = Ellipse(129, 90, 30, 20, 0, logit=3)
    found = core.decode_heatmap(*pass1([better, right], 64, 64), IDENTITY, look=1)
    assert sorted(round(nail.center[0]) for nail in found) == [60, 129, 200]
    assert [nail.score for nail in found] == sorted((nail.score for nail in found), reverse=True)


def test_merged_looks_keep_the_best_twenty(core: Core) -> None:
    def grid(y: int, logit: float) -> list[Ellipse]:
        return [
            Ellipse(12 + 22 * k, y + 24 * row, 16, 12, 0, logit=logit + 0.01 * k) for k in range(11) for row in (0, 1)
        ]

    core.decode_heatmap(*pass1(grid(20, 1), 64, 64), IDENTITY)
    found = core.decode_heatmap(*pass1(grid(120, 2), 64, 64), IDENTITY, look=1)
    assert len(found) == 20
    assert min(nail.center[1] for nail in found) > 100


def test_the_second_look_sees_more_around_the_nails(core: Core) -> None:
    nail = {"hand": 0, "center": {"x": 300, "y": 200}, "size": {"length": 60, "width": 40}}
    x, y, width, height = core.second_look_roi(640, 480, [nail])  # type: ignore[list-item]
    side = 60 * NAIL_PATCH.constants["side_factor"] * (1 + 2 * NAIL_HEATMAP.constants["second_look_padding"])
    assert (x, y, width, height) == pytest.approx((300 - side / 2, 200 - side / 2, side, side))
    assert core.second_look_roi(640, 480, []) == (0, 0, 640, 480)


def test_the_region_of_one_hands_nails(core: Core) -> None:
    core.set_regions([(0, 0, 128, 128), (128, 128, 128, 128)])
    core.decode_heatmap(*pass1([Ellipse(60, 60, 40, 30, 0), Ellipse(200, 190, 40, 30, 0)], 64, 64), IDENTITY)
    nails = [
        {"center": {"x": x, "y": x}, "size": {"length": 60, "width": 40}, "hand": hand}
        for hand, x in enumerate((80, 180))
    ]
    x, _, width, _ = core.first_pass_roi(256, 256, nails, hand=1)  # type: ignore[arg-type]
    assert x > 100
    assert x + width <= 256
    assert core.first_pass_roi(256, 256, nails[:1], hand=1) == (0, 0, 256, 256)  # type: ignore[arg-type]
