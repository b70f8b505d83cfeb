import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.core_library import CoreError
from models.spec import NAIL_HEATMAP, NAIL_PATCH, SPECS
from tests.core.reference_sample import reference_sample

# Positions are float32: at 300 px off by 3e-5 px, times 8 normalised units between neighbours at most.
TOLERANCE = 1e-3


def similarity(scale: float, angle: float, x: float, y: float, size: tuple[int, int]) -> np.ndarray:
    """Maps the input's centre to (x, y)."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    half = np.array(size) / 2
    return np.array([c, -s, x - c * half[0] + s * half[1], s, c, y - s * half[0] - c * half[1]], np.float32)


@pytest.fixture
def frame() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (201, 300, 4), dtype=np.uint8)


@pytest.mark.parametrize("model", [name for name, spec in SPECS.items() if not spec.network])
def test_identity_only_normalises(core: Core, frame: np.ndarray, model: str) -> None:
    out = core.sample(frame, [[1, 0, 0, 0, 1, 0]], (300, 201), model)
    normalisation = SPECS[model].normalisation
    expected = (frame[..., :3] / 255 - np.array(normalisation.mean)) / np.array(normalisation.std)
    np.testing.assert_allclose(out[0], expected, atol=1e-5)


@pytest.mark.parametrize("scale", [0.3, 1.0, 1.7, 2.0, 3.4, 12.0])
@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2, -2.5])
def test_rotation_scale_and_supersampling(core: Core, frame: np.ndarray, scale: float, angle: float) -> None:
    size = (64, 48)
    affine = similarity(scale, angle, 150, 100, size)
    out = core.sample(frame, [affine], size, NAIL_PATCH.name)
    np.testing.assert_allclose(out[0], reference_sample(frame, affine, size, NAIL_PATCH.name), atol=TOLERANCE)


@pytest.mark.parametrize("center", [(0, 0), (300, 201), (-20, 100), (150, 220.3)])
def test_outside_the_frame_is_the_mean(core: Core, frame: np.ndarray, center: tuple[float, float]) -> None:
    size = (64, 64)
    affine = similarity(1.3, 0.7, *center, size)
    out = core.sample(frame, [affine], size, NAIL_HEATMAP.name)
    assert (out == 0).any()
    np.testing.assert_allclose(out[0], reference_sample(frame, affine, size, NAIL_HEATMAP.name), atol=TOLERANCE)


def test_far_outside_is_all_mean(core: Core, frame: np.ndarray) -> None:
    out = core.sample(frame, [[1, 0, 3e38, 0, 1, -3e38], [3e38, 3e38, 0, 3e38, -3e38, 0]], (64, 64), NAIL_PATCH.name)
    assert not out.any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2)])
def test_tiny_frames(core: Core, shape: tuple[int, int]) -> None:
    frame = np.full((*shape, 4), 255, np.uint8)
    affine = similarity(0.25, 0.2, shape[1] / 2, shape[0] / 2, (64, 64))
    out = core.sample(frame, [affine], (64, 64), NAIL_PATCH.name)
    np.testing.assert_allclose(out[0], reference_sample(frame, affine, (64, 64), NAIL_PATCH.name), atol=TOLERANCE)


def test_a_batch_is_its_images(core: Core, frame: np.ndarray) -> None:
    affines = [similarity(1.1, 0.5 * i, 20.0 * i, 100, (64, 64)) for i in range(10)]
    batch = core.sample(frame, affines, (64, 64), NAIL_PATCH.name)
    for i, affine in enumerate(affines):
        np.testing.assert_array_equal(batch[i], core.sample(frame, [affine], (64, 64), NAIL_PATCH.name)[0])


def test_bad_arguments_are_refused(core: Core, frame: np.ndarray) -> None:
    good = np.array([[1, 0, 0, 0, 1, 0]], np.float32)
    with pytest.raises(CoreError, match="sample refused"):
        core.sample(frame, good * np.float32(np.nan), (64, 64), NAIL_PATCH.name)
    with pytest.raises(CoreError, match="sample refused"):
        core.sample(frame, np.repeat(good, 21, 0), (64, 64), NAIL_PATCH.name)
    with pytest.raises(CoreError, match="sample refused"):
        core.sample(frame, good, (64, 8193), NAIL_PATCH.name)
    with pytest.raises(CoreError, match="uint8"):
        core.sample(frame[..., :3], good, (64, 64), NAIL_PATCH.name)
