"""RT-DETR's queries -> nails: position, size, direction, finger, mask, thresholds, duplicates, two looks."""

import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.spec import NAIL_PATCH, NAIL_RTDETR

SIDE = NAIL_RTDETR.outputs[2].shape[2] or 0
SIZE = int(NAIL_RTDETR.constants["size"])
IDENTITY = [1, 0, 0, 0, 1, 0]
CENTER, LENGTH, WIDTH, ANGLE = (100.0, 140.0), 44.0, 26.0, -0.8

Queries = list[np.ndarray]


def queries(*nails: tuple[tuple[float, float], float, float, float, int, float]) -> Queries:
    """Ellipses: (centre, length, width, direction, finger, score logit), all in input pixels."""
    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) * (SIZE / SIDE)
    boxes, scores, masks, fingers, tips = [], [], [], [], []
    for (cx, cy), length, width, angle, finger, score in nails:
        c, s = np.cos(angle), np.sin(angle)
        along, across = ((x - cx) * c + (y - cy) * s) * 2 / length, ((y - cy) * c - (x - cx) * s) * 2 / width
        masks.append(8 * (1 - np.hypot(along, across)))
        half_x, half_y = np.hypot(length / 2 * c, width / 2 * s), np.hypot(length / 2 * s, width / 2 * c)
        boxes.append([cx, cy, 2 * half_x, 2 * half_y])
        scores.append([score, 3])
        fingers.append(np.eye(5)[finger] * 4)
        tips.append([cx + length / 2 * c, cy + length / 2 * s])
    arrays = [np.array(boxes) / SIZE, np.array(scores), np.array(masks), np.array(fingers), np.array(tips) / SIZE]
    return [array.astype(np.float32) for array in arrays]


ONE = (CENTER, LENGTH, WIDTH, ANGLE, 3, 3.0)


def test_a_query_becomes_a_nail_with_its_shape(core: Core) -> None:
    assert core.store_queries(queries(ONE), IDENTITY) == 1
    (nail,) = core.decode_patches()
    assert (nail["center"]["x"], nail["center"]["y"]) == pytest.approx(CENTER, abs=0.5)
    assert nail["size"]["length"] == pytest.approx(LENGTH, abs=1.5)
    assert nail["size"]["width"] == pytest.approx(WIDTH, abs=1.5)
    assert nail["direction"] == pytest.approx(ANGLE, abs=0.03)
    assert nail["finger"] == "ring"
    tip = nail["keypoints"][1]
    expected = (CENTER[0] + LENGTH / 2 * np.cos(ANGLE), CENTER[1] + LENGTH / 2 * np.sin(ANGLE))
    assert (tip["x"], tip["y"]) == pytest.approx(expected, abs=1)
    c = NAIL_RTDETR.constants
    logit = c["confidence_bias"] + 3 * (c["confidence_nail"] + c["confidence_iou"])  # both scores are 3
    assert nail["confidence"] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-5)


def test_the_affine_takes_it_into_the_frame(core: Core) -> None:
    core.store_queries(queries(ONE), [2, 0, 50, 0, 2, -30])
    (nail,) = core.decode_patches()
    assert (nail["center"]["x"], nail["center"]["y"]) == pytest.approx((250, 250), abs=1)
    assert nail["size"]["length"] == pytest.approx(2 * LENGTH, abs=3)
    assert nail["direction"] == pytest.approx(ANGLE, abs=0.03)


def test_low_scores_and_wrong_numbers_are_no_nails(core: Core) -> None:
    assert core.store_queries(queries((CENTER, LENGTH, WIDTH, ANGLE, 0, -3.0)), IDENTITY) == 0
    for part in (0, 1, 4):
        broken = queries(ONE)
        broken[part][0, 0] = np.nan
        assert core.store_queries(broken, IDENTITY) == 0
    blank = queries(ONE)
    blank[2][:] = np.nan
    core.store_queries(blank, IDENTITY)
    assert core.decode_patches() == []


def test_of_two_queries_on_one_nail_the_better_stays(core: Core) -> None:
    twice = (CENTER, LENGTH * 0.9, WIDTH, ANGLE, 2, 2.0)
    other = ((200.0, 60.0), LENGTH, WIDTH, 0.3, 1, 1.5)
    core.store_queries(queries(twice, ONE, other), IDENTITY)
    assert [nail["finger"] for nail in core.decode_patches()] == ["ring", "index"]


def test_what_a_mask_has_outside_its_box_does_not_count(core: Core) -> None:
    outputs = queries(ONE)
    outputs[2][0, :, 100:] = 9
    core.store_queries(outputs, IDENTITY)
    (nail,) = core.decode_patches()
    assert nail["size"]["length"] == pytest.approx(LENGTH, abs=1.5)


def test_a_second_look_adds_its_nails_and_a_first_one_forgets(core: Core) -> None:
    core.store_queries(queries(ONE), IDENTITY)
    assert core.store_queries(queries(ONE), [1, 0, 300, 0, 1, 0], look=1) == 2
    assert sorted(round(nail["center"]["x"] / 100) for nail in core.decode_patches()) == [1, 4]
    core.store_queries(queries(ONE), IDENTITY)
    assert len(core.decode_patches()) == 1


def test_there_is_room_for_so_many_nails_and_no_more(core: Core) -> None:
    most = int(NAIL_PATCH.constants["max_nails"])
    assert core.store_queries(queries(*[ONE] * (most + 5)), IDENTITY) == most
    assert core.store_queries(queries(ONE), IDENTITY, look=1) == most


def test_an_affine_that_is_not_finite_is_refused(core: Core) -> None:
    with pytest.raises(CoreError):
        core.store_queries(queries(ONE), [np.nan, 0, 0, 0, 1, 0])


def test_kept_queries_come_best_first_and_are_the_ones_that_are_stored(core: Core) -> None:
    other = ((200.0, 60.0), LENGTH, WIDTH, 0.3, 1, 1.5)
    none = ((60.0, 60.0), LENGTH, WIDTH, 0.3, 1, -3.0)
    outputs = queries(none, other, ONE)
    kept = core.keep_queries(*outputs[:2])
    assert kept == [2, 1]
    assert core.store_queries([values[kept] for values in outputs], IDENTITY) == 2
    assert core.keep_queries(*[values[:0] for values in outputs[:2]]) == []


def test_of_more_queries_than_there_is_room_for_the_best_are_kept(core: Core) -> None:
    most = int(NAIL_PATCH.constants["max_nails"])
    logits = [0.1 * k for k in range(most + 5)]
    kept = core.keep_queries(*queries(*[(*ONE[:5], logit) for logit in logits])[:2])
    assert kept == list(range(most + 4, 4, -1))


def test_a_nail_belongs_to_the_hand_whose_region_is_nearest(core: Core) -> None:
    core.set_regions([(0, 0, 128, 256), (128, 0, 128, 256)])
    right = ((200.0, 60.0), LENGTH, WIDTH, 0.3, 1, 1.5)
    core.store_queries(queries(ONE, right), IDENTITY)
    assert {nail["finger"]: nail["hand"] for nail in core.decode_patches()} == {"ring": 0, "index": 1}


def test_a_photo_keeps_less_certain_queries_for_the_second_pass(core: Core) -> None:
    still = NAIL_RTDETR.constants["still_threshold"]
    weights = NAIL_RTDETR.constants
    # A logit whose confidence lies between the two thresholds.
    between = (still + weights["score_threshold"]) / 2
    logit = (np.log(between / (1 - between)) - weights["confidence_bias"] - 3 * weights["confidence_iou"]) / weights[
        "confidence_nail"
    ]
    outputs = queries((*ONE[:5], float(logit)))
    assert core.keep_queries(*outputs[:2]) == []
    assert core.store_queries(outputs, IDENTITY) == 0
    assert core.keep_queries(*outputs[:2], least=still) == [0]
    assert core.store_queries(outputs, IDENTITY, least=still) == 1


def test_a_nail_that_is_outlined_anew_has_a_confidence_of_its_own(core: Core) -> None:
    core.store_queries(queries(ONE), IDENTITY)
    (before,) = core.decode_patches()
    assert len(core.plan_patches_again()) == 1
    side = int(NAIL_PATCH.constants["patch_size"])
    grid = side // int(NAIL_PATCH.constants["heat_stride"])
    patch = 2.0
    core.store_patches(0, np.zeros((1, grid, grid, 2)), np.full((1, side, side, 1), 5.0), [[patch]])
    (nail,) = core.decode_patches()
    c = NAIL_RTDETR.constants
    query = np.log(before["confidence"] / (1 - before["confidence"]))
    logit = c["outlined_bias"] + c["outlined_query"] * query + c["outlined_patch"] * patch
    assert nail["confidence"] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-5)
