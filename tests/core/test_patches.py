import math

import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.evaluation.nail import Nail
from models.spec import NAIL_PATCH, NAIL_PATCH_R6D, PATCH_SIZE
from tests.core.synthetic import IDENTITY, Ellipse, in_order, pass1, pass2, transform

ROWS, COLUMNS = 96, 128


def plan(core: Core, nails: list[Ellipse]) -> tuple[list[Ellipse], np.ndarray]:
    """Pass 1 and the plan; the nails in the order of the patches."""
    candidates = core.decode_heatmap(*pass1(nails, ROWS, COLUMNS), IDENTITY)
    return in_order(nails, candidates), core.plan_patches()


def decode(core: Core, nails: list[Ellipse]) -> list[Nail]:
    ordered, affines = plan(core, nails)
    core.store_patches(0, *pass2(ordered, affines))
    return core.decode_patches()


def angle_between(a: float, b: float) -> float:
    return abs((a - b + math.pi) % (2 * math.pi) - math.pi)


@pytest.mark.parametrize("direction", np.linspace(-math.pi, math.pi, 16, endpoint=False))
def test_a_patch_is_upright_centred_and_side_factor_long(core: Core, direction: float) -> None:
    _, affines = plan(core, [Ellipse(200, 180, 48, 30, direction)])
    (affine,) = affines
    half = PATCH_SIZE / 2
    np.testing.assert_allclose(transform(affine, np.array([half, half])), (200, 180), atol=0.05)
    up = transform(affine, np.array([half, 0.0])) - (200, 180)
    assert np.hypot(*up) == pytest.approx(0.5 * NAIL_PATCH.constants["side_factor"] * 48, rel=1e-3)
    assert up[1] <= 1e-3
    assert abs(np.cross(up / np.hypot(*up), (math.cos(direction), math.sin(direction)))) < 1e-3
    assert np.linalg.det(affine.reshape(2, 3)[:, :2]) > 0


@pytest.mark.parametrize("direction", [-math.pi / 2, math.pi / 2, 0.0, 3.0, -0.7, 1.9])
@pytest.mark.parametrize(("length", "width"), [(40, 26), (90, 60), (30, 34)])
def test_an_ellipse_comes_back(core: Core, direction: float, length: float, width: float) -> None:
    truth = Ellipse(233.3, 187.8, length, width, direction, finger=3)
    (nail,) = decode(core, [truth])

    assert nail["finger"] == "ring"
    assert angle_between(nail["direction"], direction) < math.radians(1)
    assert math.hypot(nail["center"]["x"] - truth.x, nail["center"]["y"] - truth.y) < 0.2
    assert nail["size"]["length"] == pytest.approx(length, abs=0.5)
    assert nail["size"]["width"] == pytest.approx(width, abs=0.5)
    for point, expected in zip(nail["keypoints"], (truth.base, truth.tip), strict=True):
        np.testing.assert_allclose((point["x"], point["y"]), expected, atol=0.5)

    contour, outline = nail["contour"], truth.outline()
    distances = np.hypot(*(contour[:, None] - outline).transpose(2, 0, 1))
    assert distances.min(1).max() < 0.5
    assert distances.min(0).max() < 0.5 + 0.5 * np.hypot(*np.diff(contour, axis=0).T).max()
    rect = nail["mask"]["rect"]
    np.testing.assert_allclose((rect["x"], rect["y"]), contour.min(0), atol=1e-3)
    np.testing.assert_allclose((rect["x"] + rect["width"], rect["y"] + rect["height"]), contour.max(0), atol=1e-3)


def test_the_soft_mask_and_its_transform(core: Core) -> None:
    truth = Ellipse(200, 150, 60, 40, 0.8)
    (nail,) = decode(core, [truth])
    mask = nail["mask"]
    x, y = np.meshgrid(np.arange(64) + 0.5, np.arange(64) + 0.5)
    radius = truth.radius(transform(np.array(mask["transform"]), np.stack([x, y], -1)))
    expected = 255 / (1 + np.exp(-20 * (1 - radius)))
    assert np.abs(mask["data"] - expected).max() <= 1
    np.testing.assert_array_equal(mask["data"] >= 128, radius < 1)


def test_confidence_formula(core: Core) -> None:
    truth = Ellipse(200, 150, 60, 40, 0.8, logit=1.5)
    ordered, affines = plan(core, [truth])
    keypoints, masks, _ = pass2(ordered, affines)
    core.store_patches(0, keypoints, masks, [[0.7]])
    (nail,) = core.decode_patches()
    score = core.decode_heatmap(*pass1([truth], ROWS, COLUMNS), IDENTITY)[0].score
    weights = NAIL_PATCH.constants
    logit = weights["confidence_bias"] + weights["confidence_peak"] * math.log(score / (1 - score))
    expected = 1 / (1 + math.exp(-logit - weights["confidence_patch"] * 0.7))
    assert nail["confidence"] == pytest.approx(expected, abs=1e-5)


def test_many_nails_in_batches_are_as_in_one(core: Core) -> None:
    nails = [Ellipse(60 + 100 * (i % 5), 60 + 100 * (i // 5), 50, 34, 0.3 * i, i % 5, 4 - 0.1 * i) for i in range(15)]
    together = decode(core, nails)
    ordered, affines = plan(core, nails)
    outputs = pass2(ordered, affines)
    for start in (0, 10):
        core.store_patches(start, *(output[start : start + 10] for output in outputs))
    apart = core.decode_patches()
    assert len(together) == len(apart) == 15
    confidences = [nail["confidence"] for nail in together]
    assert confidences == sorted(confidences, reverse=True)
    for a, b in zip(together, apart, strict=True):
        np.testing.assert_array_equal(a["contour"], b["contour"])


def test_two_patches_of_one_nail_are_one(core: Core) -> None:
    truth = Ellipse(200, 200, 80, 30, 0.0, 1, 4.0)
    beside = Ellipse(225, 200, 80, 30, 0.0, 1, 3.0)  # its peak is 25 px off, more than half the width
    _, affines = plan(core, [truth, beside])
    assert len(affines) == 2
    core.store_patches(0, *pass2([truth, truth], affines))
    (nail,) = core.decode_patches()
    np.testing.assert_allclose((nail["center"]["x"], nail["center"]["y"]), (200, 200), atol=0.3)


def test_neighbours_are_two(core: Core) -> None:
    assert len(decode(core, [Ellipse(200, 200, 60, 30, 0.1), Ellipse(200, 232, 60, 30, 0.1)])) == 2


def test_a_small_mask_inside_a_large_one_is_a_duplicate(core: Core) -> None:
    large, small = Ellipse(200, 200, 120, 80, 0.0, 1, 4.0), Ellipse(245, 200, 20, 16, 0.0, 1, 3.0)
    assert len(plan(core, [large, small])[1]) == 2
    assert len(decode(core, [large, small])) == 1


def test_contradicting_keypoints_fall_back_to_the_axis(core: Core) -> None:
    truth = Ellipse(200, 200, 60, 36, math.radians(70))
    ordered, affines = plan(core, [truth])
    keypoints, masks, confidence = pass2(ordered, affines)
    for broken in (np.repeat(keypoints[..., :1], 2, -1), np.full_like(keypoints, math.nan)):
        core.store_patches(0, broken, masks, confidence)
        (nail,) = core.decode_patches()
        # Upward in the frame: 70 degrees points down.
        assert angle_between(nail["direction"], truth.direction - math.pi) < math.radians(1)
        ends = [(point["x"], point["y"]) for point in nail["keypoints"]]
        np.testing.assert_allclose(ends, (truth.tip, truth.base), atol=0.5)


def test_only_the_largest_piece_counts(core: Core) -> None:
    truth = Ellipse(200, 200, 60, 36, 0.0)
    ordered, affines = plan(core, [truth])
    keypoints, masks, confidence = pass2(ordered, affines)
    core.store_patches(0, keypoints, masks, confidence)
    (whole,) = core.decode_patches()
    masks[0, :5, :5] = 9.0
    core.store_patches(0, keypoints, masks, confidence)
    (nail,) = core.decode_patches()
    np.testing.assert_array_equal(nail["contour"], whole["contour"])
    assert not nail["mask"]["data"][:5, :5].any()


def test_a_mask_that_fills_the_patch_is_closed_along_its_border(core: Core) -> None:
    ordered, affines = plan(core, [Ellipse(200, 200, 64, 40, -math.pi / 2)])
    keypoints, masks, confidence = pass2(ordered, affines)
    core.store_patches(0, keypoints, np.full_like(masks, 5.0), confidence)
    (nail,) = core.decode_patches()
    side = NAIL_PATCH.constants["side_factor"] * 64
    assert nail["size"]["length"] == pytest.approx(side, rel=0.01)
    assert nail["size"]["width"] == pytest.approx(side, rel=0.01)


def test_no_nail_without_confidence_or_mask(core: Core) -> None:
    ordered, affines = plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    keypoints, masks, confidence = pass2(ordered, affines)
    speck = np.full_like(masks, -5.0)
    speck[0, 30:33, 30:33] = 5.0
    for mask, logit in ((masks, -20.0), (masks, math.nan), (masks, math.inf), (-abs(masks), 6.0), (speck, 6.0)):
        core.store_patches(0, keypoints, mask, np.full_like(confidence, logit))
        assert core.decode_patches() == []
    core.store_patches(0, keypoints, np.full_like(masks, math.nan), confidence)
    assert core.decode_patches() == []


def test_a_noisy_mask_gives_a_bounded_contour(core: Core) -> None:
    ordered, affines = plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    keypoints, masks, confidence = pass2(ordered, affines)
    rng = np.random.default_rng(1)
    for _ in range(20):
        noisy = rng.normal(0.5, 6, masks.shape)
        core.store_patches(0, keypoints, noisy, confidence)
        for nail in core.decode_patches():
            assert 3 <= len(nail["contour"]) <= 512
            assert np.isfinite(nail["contour"]).all()


def test_patches_that_were_not_stored_are_no_nails(core: Core) -> None:
    ordered, affines = plan(core, [Ellipse(100, 100, 60, 36, 0.0, 1, 4.0), Ellipse(300, 100, 60, 36, 0.0, 2, 3.0)])
    outputs = pass2(ordered, affines)
    core.store_patches(1, *(output[1:] for output in outputs))
    (nail,) = core.decode_patches()
    assert nail["finger"] == "middle"
    core.plan_patches()
    assert core.decode_patches() == []


@pytest.mark.parametrize("start", [-1, 1, 2**31 - 1, -(2**31)])
def test_patches_outside_the_plan_are_refused(core: Core, start: int) -> None:
    ordered, affines = plan(core, [Ellipse(100, 100, 60, 36, 0.0)])
    with pytest.raises(CoreError, match="store_patches refused"):
        core.store_patches(start, *pass2(ordered, affines))


def test_rotations_turn_with_the_patch_and_are_orthonormal(core: Core) -> None:
    truth = Ellipse(200, 200, 60, 36, math.radians(130))
    ordered, affines = plan(core, [truth])
    core.store_patches(0, *pass2(ordered, affines))
    assert "rotation" not in core.decode_patches()[0]
    # In the patch the nail points up, its tip tilted by 30 degrees to the camera; across is not yet at a right angle.
    tilt = math.radians(30)
    six = [[0, -2 * math.cos(tilt), -2 * math.sin(tilt), 1, 0.5, 0]]
    core.store_patches(0, *pass2(ordered, affines), six)
    (nail,) = core.decode_patches()
    axis, across = np.array(nail["rotation"]).reshape(2, 3)
    linear = affines[0].reshape(2, 3)[:, :2]
    up = linear @ [0, -1] / np.sqrt(np.linalg.det(linear))
    np.testing.assert_allclose(axis, [*(up * math.cos(tilt)), -math.sin(tilt)], atol=1e-5)
    np.testing.assert_allclose([axis @ across, across @ across], [0, 1], atol=1e-5)


@pytest.mark.parametrize("six", [[0] * 6, [math.nan] * 6, [1, 0, 0, 2, 0, 0], [math.inf, 0, 0, 0, 1, 0]])
def test_numbers_that_are_no_rotation_leave_none(core: Core, six: list[float]) -> None:
    ordered, affines = plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    core.store_patches(0, *pass2(ordered, affines), [six])
    assert "rotation" not in core.decode_patches()[0]


def test_the_variant_that_rotates_has_its_own_confidence(core: Core) -> None:
    truth = Ellipse(200, 200, 60, 36, 0.0)
    (candidate,) = core.decode_heatmap(*pass1([truth], ROWS, COLUMNS), IDENTITY)
    outputs, score = pass2([truth], core.plan_patches(), confidence=1.0), candidate.score
    for spec, rotations in ((NAIL_PATCH, None), (NAIL_PATCH_R6D, [[0, -1, 0, 1, 0, 0]])):
        core.store_patches(0, *outputs, rotations)
        (nail,) = core.decode_patches()
        bias, peak, patch = (spec.constants[f"confidence_{name}"] for name in ("bias", "peak", "patch"))
        expected = 1 / (1 + math.exp(-(bias + peak * math.log(score / (1 - score)) + patch * 1.0)))
        assert nail["confidence"] == pytest.approx(expected, abs=1e-3)


VIEWS = [(False, False), (True, False), (False, True), (True, True)]  # mirrored left to right, upside down


@pytest.mark.parametrize("views", [2, 4])
def test_views_are_mirror_images_whose_outputs_are_turned_back(core: Core, views: int) -> None:
    nails = [Ellipse(120, 100, 60, 36, 0.3, 1, 4.0), Ellipse(300, 220, 40, 30, 2.0, 2, 3.0)]
    ordered, plain = plan(core, nails)
    core.store_patches(0, *pass2(ordered, plain))
    expected = core.decode_patches()
    affines = core.plan_patches(views)
    assert len(affines) == views * len(nails)
    corner = np.array([3.0, 9.0])
    for nail, first in enumerate(plain):
        for view, (mirrored, upside_down) in enumerate(VIEWS[:views]):
            turned = np.where([mirrored, upside_down], PATCH_SIZE - corner, corner)
            seen = transform(affines[nail * views + view], turned)
            np.testing.assert_allclose(seen, transform(first, corner), atol=1e-3)
    core.store_patches(0, *pass2([nail for nail in ordered for _ in range(views)], affines))
    for found, known in zip(core.decode_patches(), expected, strict=True):
        np.testing.assert_allclose(found["contour"], known["contour"], atol=0.02)
        assert found["direction"] == pytest.approx(known["direction"], abs=1e-3)
        np.testing.assert_allclose(found["mask"]["transform"], known["mask"]["transform"])


def test_the_mean_of_the_views_counts(core: Core) -> None:
    plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    affines = core.plan_patches(2)
    keypoints, masks, confidence = pass2([Ellipse(200, 200, 60, 36, 0.0)] * 2, affines)
    masks[1] -= 40.0  # the second view sees no nail at all
    core.store_patches(0, keypoints, masks, confidence)
    assert core.decode_patches() == []


def test_rotations_of_views_are_turned_back(core: Core) -> None:
    ordered, affines = plan(core, [Ellipse(200, 200, 60, 36, 0.4)])
    axis, across = np.array([0.1, -0.8, -0.6]), np.array([0.9, 0.2, -0.1])
    core.store_patches(0, *pass2(ordered, affines), [[*axis, *across]])
    expected = core.decode_patches()[0]["rotation"]
    affines = core.plan_patches(4)
    sixes = []
    for mirrored, upside_down in VIEWS:
        mirror = np.diag([-1.0 if mirrored else 1.0, -1.0 if upside_down else 1.0, 1.0])
        seen, normal = mirror @ axis, mirror @ np.cross(axis, across)
        # The direction across follows from axis and normal, as in training.
        sixes.append([*seen, *(mirror @ across * np.sign(np.linalg.det(mirror)))])
        np.testing.assert_allclose(np.cross(seen, sixes[-1][3:]), normal, atol=1e-9)
    core.store_patches(0, *pass2(ordered * 4, affines), sixes)
    np.testing.assert_allclose(core.decode_patches()[0]["rotation"], expected, atol=1e-5)


def test_a_second_plan_lies_on_the_nails_that_were_found(core: Core) -> None:
    truth, no_nail = Ellipse(200, 180, 60, 36, 0.7, 1, 3.0), Ellipse(330, 90, 50, 36, 0.2, 2, 4.0)
    candidates = core.decode_heatmap(*pass1([truth, no_nail], ROWS, COLUMNS), IDENTITY)
    ordered, affines = in_order([truth, no_nail], candidates), core.plan_patches()
    larger = Ellipse(204, 183, 72, 40, 0.9)  # what the outline says
    keypoints, masks, confidence = pass2([larger if nail is truth else nail for nail in ordered], affines)
    confidence[ordered.index(no_nail)] = -20.0
    core.store_patches(0, keypoints, masks, confidence)
    assert len(core.decode_patches()) == 1
    (affine,) = core.plan_patches_again()
    half = PATCH_SIZE / 2
    np.testing.assert_allclose(transform(affine, np.array([half, half])), (larger.x, larger.y), atol=0.5)
    up = transform(affine, np.array([half, 0.0])) - transform(affine, np.array([half, half]))
    assert abs(np.cross(up / np.hypot(*up), truth.unit)) < 0.02  # the peak's axis
    scale = math.sqrt(np.linalg.det(affine.reshape(2, 3)[:, :2]))
    assert scale * PATCH_SIZE == pytest.approx(NAIL_PATCH.constants["side_factor"] * 72, rel=0.02)
    core.store_patches(0, *pass2([larger], np.array([affine])))
    (nail,) = core.decode_patches()
    assert nail["finger"] == "index"
    assert core.plan_patches_again(4).shape == (4, 6)
    assert core.plan_patches_again().shape == (0, 6)  # nothing was decoded since


@pytest.mark.parametrize("views", [0, 3, 5, -1])
def test_other_numbers_of_views_are_refused(core: Core, views: int) -> None:
    plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    for again in (core.plan_patches, core.plan_patches_again):
        with pytest.raises(CoreError, match="plan_patches refused"):
            again(views)


@pytest.mark.parametrize(("start", "count"), [(1, 2), (0, 1), (0, 3), (2, 2)])
def test_parts_of_a_candidate_are_refused(core: Core, start: int, count: int) -> None:
    plan(core, [Ellipse(200, 200, 60, 36, 0.0)])
    affines = core.plan_patches(2)
    outputs = pass2([Ellipse(200, 200, 60, 36, 0.0)] * count, np.resize(affines, (count, 6)))
    with pytest.raises(CoreError, match="store_patches refused"):
        core.store_patches(start, *outputs)
