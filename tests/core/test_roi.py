import math

import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.evaluation.nail import Nail
from models.spec import NAIL_HEATMAP, NAIL_PATCH


def nail(x: float, y: float, length: float, width: float) -> Nail:
    return {"hand": 0, "center": {"x": x, "y": y}, "size": {"length": length, "width": width}}  # type: ignore[typeddict-item]


def test_without_nails_the_whole_frame(core: Core) -> None:
    assert core.first_pass_roi(640, 480) == (0, 0, 640, 480)


def test_padded_box_around_all_patch_squares(core: Core) -> None:
    found = core.first_pass_roi(640, 480, [nail(200, 200, 40, 20), nail(300, 240, 30, 50)])
    first, second = 0.5 * NAIL_PATCH.constants["side_factor"] * 40, 0.5 * NAIL_PATCH.constants["side_factor"] * 50
    left, right = 200 - first, 300 + second
    top, bottom = 200 - first, 240 + second
    pad = NAIL_HEATMAP.constants["roi_padding"]
    x, y = left - pad * (right - left), top - pad * (bottom - top)
    expected = (x, y, (1 + 2 * pad) * (right - left), (1 + 2 * pad) * (bottom - top))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_clipped_to_the_frame(core: Core) -> None:
    x, y, width, height = core.first_pass_roi(640, 480, [nail(10, 470, 80, 60)])
    assert (x, y + height) == (0, 480)
    assert width < 640
    assert height < 480


def test_a_small_roi_is_the_whole_frame(core: Core) -> None:
    assert core.first_pass_roi(640, 480, [nail(300, 200, 20, 10)]) == (0, 0, 640, 480)


def test_nails_outside_the_frame_or_not_finite_are_the_whole_frame(core: Core) -> None:
    assert core.first_pass_roi(640, 480, [nail(-5000, 200, 80, 40)]) == (0, 0, 640, 480)
    assert core.first_pass_roi(640, 480, [nail(math.nan, 200, 80, 40)]) == (0, 0, 640, 480)
    assert core.first_pass_roi(640, 480, [nail(300, 200, math.inf, 40)]) == (0, 0, 640, 480)


def test_a_spoilt_nail_does_not_spoil_the_others(core: Core) -> None:
    good = nail(300, 200, 80, 40)
    assert core.first_pass_roi(640, 480, [nail(math.nan, 0, 1, 1), good]) == core.first_pass_roi(640, 480, [good])


@pytest.mark.parametrize("shape", [(0, 480), (640, -1), (640, 100_000)])
def test_impossible_frames_are_refused(core: Core, shape: tuple[int, int]) -> None:
    with pytest.raises(CoreError, match="first_pass_roi"):
        core.first_pass_roi(*shape)


def test_too_many_nails_are_refused(core: Core) -> None:
    with pytest.raises(CoreError, match="first_pass_roi"):
        core.first_pass_roi(640, 480, [nail(300, 200, 80, 40)] * 21)


def test_fit_rect_centres_the_rect_wholly_inside_the_input(core: Core) -> None:
    a, b, c, d, e, f = core.fit_rect((100, 50, 300, 100), 256, 128)
    assert (b, d) == (0, 0)
    assert a == e == pytest.approx(300 / 256)
    # Input centre -> rect's centre; the input's left edge -> the rect's.
    np.testing.assert_allclose([a * 128 + c, e * 64 + f, c], [250, 100, 100], atol=1e-4)


@pytest.mark.parametrize("rect", [(0, 0, 0, 10), (0, 0, 10, -1), (math.nan, 0, 10, 10), (0, 0, math.inf, 10)])
def test_fit_rect_refuses_empty_and_non_finite_rects(core: Core, rect: tuple[float, ...]) -> None:
    with pytest.raises(CoreError, match="fit_rect"):
        core.fit_rect(rect, 256, 128)
