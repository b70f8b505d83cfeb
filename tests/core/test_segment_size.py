import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.spec import TIERS


def formula(width: int, height: int, tier: int) -> tuple[int, int]:
    """DESIGN §2; "round" is to the nearest, halves up."""
    r = math.sqrt(tier * tier / (width * height))
    return max(math.floor(width * r + 0.5) & ~63, 64), max(math.floor(height * r + 0.5) & ~63, 64)


@pytest.mark.parametrize(
    ("shape", "tier", "expected"),
    [
        ((640, 480), 256, (256, 192)),
        ((480, 640), 448, (384, 512)),
        ((1280, 720), 448, (576, 320)),
        ((500, 500), 320, (320, 320)),
        ((64, 16384), 256, (64, 4096)),
    ],
)
def test_known_sizes(core: Core, shape: tuple[int, int], tier: int, expected: tuple[int, int]) -> None:
    assert core.segment_size(*shape, tier) == expected == formula(*shape, tier)


@pytest.fixture(scope="module")
def shared_core(core_library: Path) -> Core:
    return Core(core_library)


# Not timed, the same every run, and nothing written into the repository.
@settings(deadline=None, derandomize=True, database=None)
@given(width=st.integers(64, 16384), height=st.integers(64, 16384), tier=st.sampled_from(TIERS))
def test_any_frame_of_64_px_and_more_follows_the_formula(shared_core: Core, width: int, height: int, tier: int) -> None:
    size = shared_core.segment_size(width, height, tier)
    assert size == formula(width, height, tier)
    assert all(side % 64 == 0 and side >= 64 for side in size)


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 480, 256),
        (-5, 480, 256),
        (math.nan, 480, 256),
        (640, math.inf, 256),
        (640, 480, math.nan),
        (640, 480, 0),
        (640, 480, 1e9),
        (16384, 1, 512),  # would ask for an input of 65536x64
    ],
)
def test_impossible_regions_are_refused(core: Core, arguments: tuple[float, float, float]) -> None:
    with pytest.raises(CoreError, match="segment_size refused a bad argument"):
        core.segment_size(*arguments)
