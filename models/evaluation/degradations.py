"""Edge cases made from ordinary photos: fixed degradations, seeded by the photo's name, so every run sees the same."""

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.signal import fftconvolve

from models.evaluation.colour import to_linear, to_srgb
from models.evaluation.photos import Photo, load_rgb

JPEG_QUALITY = 30
LOW_LIGHT_EXPOSURE = 0.1  # of the photo's light, in linear light: 3.3 stops less
LOW_LIGHT_PHOTONS = 1000  # at full white before the exposure is cut: shot noise
NOISE_SIGMA = 25  # of 255, each channel by itself
BLUR_LENGTH = 0.03  # of the longest side: 13 px at 432
# Gains of red, green and blue in linear light: tungsten light taken as daylight, deep shade, fluorescent tubes.
CASTS = ((1.6, 0.9, 0.35), (0.5, 0.85, 1.5), (0.75, 1.3, 0.6))

Degradation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def low_light(rgb: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A tenth of the light, with its shot noise, not brightened again."""
    photons = random.poisson(to_linear(rgb) * (LOW_LIGHT_EXPOSURE * LOW_LIGHT_PHOTONS))
    return to_srgb(photons / LOW_LIGHT_PHOTONS)


def motion_blur(rgb: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The mean along a straight stroke of any direction, in linear light; the border's pixels go on outside."""
    kernel = _stroke(BLUR_LENGTH * max(rgb.shape[:2]), random.uniform(0, np.pi))
    reach = len(kernel) // 2
    padded = np.pad(to_linear(rgb), ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    return to_srgb(fftconvolve(padded, kernel[..., None], mode="valid", axes=(0, 1)))


def _stroke(length: float, angle: float) -> np.ndarray:
    """A line of the length in pixels as a kernel of odd side whose sum is 1, drawn with bilinear weights."""
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for step in np.linspace(-0.5, 0.5, 8 * reach) * length:
        x, y = step * np.cos(angle), step * np.sin(angle)
        column, row = int(np.floor(x)), int(np.floor(y))
        across, down = np.array([1 - (x - column), x - column]), np.array([1 - (y - row), y - row])
        kernel[row + reach : row + reach + 2, column + reach : column + reach + 2] += np.outer(down, across)
    return kernel / kernel.sum()


def sensor_noise(rgb: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Gaussian noise on the encoded values."""
    return np.clip(np.round(rgb + random.normal(0, NOISE_SIGMA, rgb.shape)), 0, 255).astype(np.uint8)


def jpeg_30(rgb: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Through JPEG at quality 30 with halved chroma."""
    packed = io.BytesIO()
    Image.fromarray(rgb).save(packed, "JPEG", quality=JPEG_QUALITY, subsampling="4:2:0")
    return np.asarray(Image.open(packed).convert("RGB"))


def half_resolution(rgb: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Halved by box averages and enlarged again (bicubic), so that the mask still fits."""
    height, width = rgb.shape[:2]
    half = Image.fromarray(rgb).resize((max(width // 2, 1), max(height // 2, 1)), Image.Resampling.BOX)
    return np.asarray(half.resize((width, height), Image.Resampling.BICUBIC))


def colour_cast(rgb: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One of three wrong white balances."""
    return to_srgb(to_linear(rgb) * np.array(CASTS[random.integers(len(CASTS))]))


DEGRADATIONS: dict[str, Degradation] = {
    "low light": low_light,
    "motion blur": motion_blur,
    "sensor noise": sensor_noise,
    "JPEG 30": jpeg_30,
    "half resolution": half_resolution,
    "colour cast": colour_cast,
}


def degrade(rgb: np.ndarray, name: str, photo: str) -> np.ndarray:
    """uint8 [H, W, 3] as it went in. The same name and photo give the same picture, in every process."""
    digest = hashlib.sha256(f"{name}\n{photo}".encode()).digest()
    return DEGRADATIONS[name](rgb, np.random.default_rng(int.from_bytes(digest[:8], "big")))


def degraded_photos(photos: Sequence[Photo], name: str, folder: Path) -> list[Photo]:
    """The photos degraded, as PNG files in the folder (made if need be), with the masks that they had."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for photo in photos:
        path = folder / f"{photo.name}.png"
        Image.fromarray(degrade(np.asarray(load_rgb(photo.image)), name, photo.name)).save(path, compress_level=1)
        made.append(Photo(path, photo.mask))
    return made
