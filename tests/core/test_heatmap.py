import math

import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.spec import FINGERS, NAIL_HEATMAP, NAIL_PATCH
from tests.core.synthetic import IDENTITY, STRIDE, Ellipse, pass1

ROWS, COLUMNS = 48, 64


def angle_between(a: float, b: float) -> float:
    """Of two axes, modulo pi."""
    return abs((a - b + math.pi / 2) % math.pi - math.pi / 2)


def test_sub_cell_positions(core: Core) -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        x, y = rng.uniform(20, 236), rng.uniform(20, 172)
        nail = Ellipse(x, y, rng.uniform(12, 60), rng.uniform(8, 40), rng.uniform(-3, 3), int(rng.integers(5)))
        (found,) = core.decode_heatmap(*pass1([nail], ROWS, COLUMNS), IDENTITY)
        assert np.hypot(found.center[0] - x, found.center[1] - y) / STRIDE < 0.05
        assert (found.length, found.width) == pytest.approx((nail.length, nail.width), rel=1e-4)
        assert angle_between(found.axis, nail.direction) < 1e-4
        assert found.finger == FINGERS[nail.finger]


def test_the_affine_turns_scales_and_moves(core: Core) -> None:
    c, s = 1.8 * math.cos(0.6), 1.8 * math.sin(0.6)
    affine = np.array([c, -s, 140, s, c, -30], np.float32)
    nail = Ellipse(300, 250, 44, 28, 1.1)
    (found,) = core.decode_heatmap(*pass1([nail], ROWS, COLUMNS, affine), affine)
    np.testing.assert_allclose(found.center, (300, 250), atol=0.05)
    assert (found.length, found.width) == pytest.approx((44, 28), rel=1e-4)
    assert angle_between(found.axis, 1.1) < 1e-3


def test_best_first_and_only_above_the_threshold(core: Core) -> None:
    threshold = NAIL_HEATMAP.constants["peak_threshold"]
    least = math.log(threshold / (1 - threshold))
    nails = [
        Ellipse(42, 42, 20, 14, 0.1, 0, 1.0),
        Ellipse(102, 42, 20, 14, 0.1, 1, 3.0),
        Ellipse(162, 42, 20, 14, 0.1, 2, least + 0.01),
        Ellipse(222, 42, 20, 14, 0.1, 3, least - 0.01),
    ]
    found = core.decode_heatmap(*pass1(nails, ROWS, COLUMNS), IDENTITY)
    assert [candidate.finger for candidate in found] == ["index", "thumb", "middle"]
    assert found[0].score == pytest.approx(1 / (1 + math.exp(-3)), abs=1e-6)


def test_a_second_peak_within_half_the_width_is_suppressed(core: Core) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 40, 30, 0)], ROWS, COLUMNS)
    heatmap[:] = -8
    heatmap[20, 20, 1], heatmap[20, 22, 2], heatmap[20, 25, 2] = 3.0, 2.0, 1.0
    geometry[:] = geometry[20, 20]
    geometry[..., :2] = 0
    found = core.decode_heatmap(heatmap, geometry, IDENTITY)
    assert [(candidate.center[0], candidate.finger) for candidate in found] == [(82, "index"), (102, "middle")]


def test_of_equal_neighbours_the_first_wins(core: Core) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 8, 4, 0)], ROWS, COLUMNS)
    heatmap[:] = -8
    heatmap[10:12, 10:14, 0] = 2.0
    geometry[:] = geometry[20, 20]
    geometry[..., :2] = 0
    (found,) = core.decode_heatmap(heatmap, geometry, IDENTITY)
    assert found.center == (42, 42)


def test_at_most_max_nails(core: Core) -> None:
    nails = [Ellipse(10 + 24 * i, 10 + 24 * j, 10, 6, 0) for i in range(10) for j in range(7)]
    assert len(core.decode_heatmap(*pass1(nails, ROWS, COLUMNS), IDENTITY)) == NAIL_PATCH.constants["max_nails"]


def test_noise_is_decoded_the_same_way_every_time(core: Core) -> None:
    rng = np.random.default_rng(0)
    heatmap, geometry = rng.normal(0, 3, (ROWS, COLUMNS, 5)), rng.normal(0, 1, (ROWS, COLUMNS, 6))
    first = core.decode_heatmap(heatmap, geometry, IDENTITY)
    assert len(first) == 20
    assert first == core.decode_heatmap(heatmap, geometry, IDENTITY)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_non_finite_logits_are_skipped(core: Core, value: float) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 40, 30, 0)], ROWS, COLUMNS)
    heatmap[5:9, 5:9] = value
    heatmap[20, 20, 0] = value
    (found,) = core.decode_heatmap(heatmap, geometry, IDENTITY)
    np.testing.assert_allclose(found.center, (82, 82), atol=0.05)
    assert core.decode_heatmap(np.full_like(heatmap, value), geometry, IDENTITY) == []


@pytest.mark.parametrize("channel", range(6))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_non_finite_geometry_drops_the_peak(core: Core, channel: int, value: float) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 40, 30, 0)], ROWS, COLUMNS)
    geometry[..., channel] = value
    assert core.decode_heatmap(heatmap, geometry, IDENTITY) == []


@pytest.mark.parametrize("value", [100.0, -100.0, 3e38])
def test_impossible_sizes_drop_the_peak(core: Core, value: float) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 40, 30, 0)], ROWS, COLUMNS)
    geometry[..., 2] = value
    assert core.decode_heatmap(heatmap, geometry, IDENTITY) == []


def test_bad_arguments_leave_no_candidates_of_the_last_frame(core: Core) -> None:
    heatmap, geometry = pass1([Ellipse(82, 82, 40, 30, 0)], ROWS, COLUMNS)
    core.decode_heatmap(heatmap, geometry, IDENTITY)
    with pytest.raises(CoreError, match="decode_heatmap refused"):
        core.decode_heatmap(heatmap, geometry, IDENTITY * np.float32(math.nan))
    assert len(core.plan_patches()) == 0
