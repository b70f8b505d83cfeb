"""Smooth noise from a table: thousands of sines a pixel were half of a picture's time."""

from functools import cache

import numpy as np
import numpy.typing as npt

SIDE = 64  # cells a side; the noise repeats


@cache
def volume() -> npt.NDArray[np.float32]:
    """[SIDE, SIDE, SIDE] noise about 0, deviation 1, features of about 8 cells: one table for every seed."""
    frequency = np.fft.fftfreq(SIDE)
    square = frequency[:, None, None] ** 2 + frequency[None, :, None] ** 2 + frequency[None, None, :] ** 2
    white = np.fft.fftn(np.random.default_rng(0).normal(size=(SIDE,) * 3))
    smooth = np.fft.ifftn(white * np.exp(-square * 400)).real
    return np.asarray(smooth / smooth.std(), np.float32)


def waves(points: npt.NDArray[np.floating], frequency: float, random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Noise at points [..., 2 or 3], turned and moved at random; a feature is about 2 / frequency long."""
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0][: points.shape[-1]].astype(np.float32)
    start = random.uniform(0, SIDE, 3).astype(np.float32)
    place = points.astype(np.float32) @ (turn * np.float32(4 * frequency)) + start
    if frequency > 20:
        return _cells(np.floor(place).astype(np.int32))
    low = np.floor(place)
    share = place - low
    corner = low.astype(np.int32)
    total = np.zeros(points.shape[:-1], np.float32)
    for index in np.ndindex(2, 2, 2):
        weight = np.where(index, share, 1 - share)
        total += _cells(corner + np.array(index, np.int32)) * weight[..., 0] * weight[..., 1] * weight[..., 2]
    return total


def _cells(cells: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    cells = cells & (SIDE - 1)
    return np.asarray(volume().ravel()[(cells[..., 0] * SIDE + cells[..., 1]) * SIDE + cells[..., 2]])
