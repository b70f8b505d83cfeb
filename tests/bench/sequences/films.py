"""Short camera-like films of rendered hands, with the exact place of every nail in every frame.

Each hand is rendered once from the base mesh, large, and then moved as a whole by a path that is known exactly: shift,
turn and size. Fingers do not bend within a film. Everything comes from the seeds below; nothing is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from models.data.renders import look
from models.data.renders.mesh import load_hand
from models.data.renders.scene import render

WIDTH, HEIGHT, FPS, FRAMES = 640, 480, 30, 90
RENDERED = 640  # pixels a side
# Even seed: never trained on. Hands with five nails in view.
SEED, FIRST, SECOND = 4242, 15, 21
SHUTTER, SUBFRAMES = 0.5, 6  # share of a frame's time that the shutter is open; pictures that its blur is made of
NOISE_LEVELS = 2.0  # the sensor's, of 255
HAND_IDS = 10  # a nail's id: this times its hand, and its finger from 1 to 5
SEEN, HIDDEN = 0.5, 0.05  # a nail counts from this visible share on; below that one it is not there; between, it may be

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """Where the middle of a hand's picture lies in the frame, pixels; its size; its turn, radians."""

    x: float
    y: float
    scale: float = 0.85
    turn: float = 0.0


@dataclass(frozen=True)
class Hand:
    """A cut-out: colours times coverage, coverage, and which nail each pixel is (0 none, 1 to 5)."""

    rgb: Floats
    alpha: Floats
    nails: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Nail:
    """The truth about one nail in one frame; id is the same in all frames."""

    id: int
    x: float
    y: float
    length: float
    visible: float  # share, 0 to 1

    @property
    def hand(self) -> int:
        """The hand behind is 0."""
        return self.id // HAND_IDS


@dataclass(frozen=True)
class Film:
    """Paths by seconds, the hand in front last; gain by seconds: what the light is multiplied with, each channel."""

    name: str
    hands: tuple[tuple[int, Callable[[float], Pose]], ...]
    gain: Callable[[float], tuple[float, float, float]] = lambda _: (1.0, 1.0, 1.0)


def _left(x: float = 290, y: float = 250) -> Pose:
    return Pose(x, y)


def _leaving(t: float) -> Pose:
    """There for a second, away within half a second, back after another."""
    away = 620 * (np.clip((t - 1.0) / 0.5, 0, 1) - np.clip((t - 2.0) / 0.5, 0, 1))
    return _left(290 - float(away))


def _swaying(t: float) -> Pose:
    return Pose(
        300 + 70 * np.sin(2 * np.pi * 0.7 * t), 250 + 30 * np.sin(2 * np.pi * 0.5 * t), 0.85, 0.12 * np.sin(4 * t)
    )


FILMS = [
    Film("at rest", ((FIRST, lambda _: _left()),)),
    Film("moving", ((FIRST, _swaying),)),
    Film(
        "light changes",
        ((FIRST, lambda _: _left()),),
        lambda t: tuple(
            float((0.7 + 0.5 * np.cos(2 * np.pi * t / 1.5)) * (1 + k * 0.15 * np.sin(3 * t))) for k in (1, 0, -1)
        ),  # type: ignore[arg-type, return-value]
    ),
    Film("leaving and entering", ((FIRST, _leaving),)),
    Film(
        "two hands crossing",
        (
            (SECOND, lambda t: Pose(430 - 110 * t, 330, 0.6, np.pi)),
            (FIRST, lambda t: Pose(130 + 110 * t, 170, 0.6)),
        ),
    ),
]


@cache
def cut_out(index: int) -> Hand:
    """The hand of a picture of SEED."""
    picture = render(load_hand(), (SEED, index), RENDERED)
    alpha = np.isfinite(picture.depth).astype(np.float32)
    rgb = picture.rgb.astype(np.float32) * alpha[..., None]
    nails = np.zeros(picture.mask.shape, np.uint8)
    for nail in picture.nails:
        nails[picture.mask == nail["label"]] = nail["finger"] + 1
    return Hand(rgb, alpha, nails)


@cache
def background() -> Floats:
    """sRGB levels [HEIGHT, WIDTH, 3]."""
    table = look.background(WIDTH, np.random.default_rng((SEED, 1)))[:HEIGHT]
    return np.asarray(look.linear_to_srgb(table) * 255, np.float32)


def frame(film: Film, index: int) -> tuple[npt.NDArray[np.uint8], list[Nail]]:
    """Picture `index` of a film, sRGB [HEIGHT, WIDTH, 3], and its nails at the middle of the exposure."""
    time = index / FPS
    offsets = (np.arange(SUBFRAMES) + 0.5) / SUBFRAMES - 0.5
    moves = any(path(time) != path(time + SHUTTER / FPS) for _, path in film.hands)
    times = time + offsets * SHUTTER / FPS if moves else np.array([time])
    picture = np.mean([_exposed(film, float(t)) for t in times], axis=0)
    random = np.random.default_rng((SEED, index))
    lit = picture * np.array(film.gain(time), np.float32) + random.normal(0, NOISE_LEVELS, picture.shape)
    return np.round(lit.clip(0, 255)).astype(np.uint8), truth(film, time)


def _exposed(film: Film, time: float) -> Floats:
    picture = background()
    for index, path in film.hands:
        hand, pose = cut_out(index), path(time)
        alpha = _placed(hand.alpha, pose)[..., None]
        rgb = np.stack([_placed(hand.rgb[..., channel], pose) for channel in range(3)], -1)
        picture = picture * (1 - alpha) + rgb
    return picture


def truth(film: Film, time: float) -> list[Nail]:
    """The nails that can be seen at all."""
    found = []
    covers = [_placed(cut_out(index).alpha, path(time)) > 0.5 for index, path in film.hands]
    for layer, (index, path) in enumerate(film.hands):
        hand, pose = cut_out(index), path(time)
        hidden = np.any(covers[layer + 1 :], axis=0) if layer + 1 < len(covers) else np.zeros((HEIGHT, WIDTH), bool)
        flat = np.asarray(
            Image.fromarray(hand.nails).transform((WIDTH, HEIGHT), Image.Transform.AFFINE, _inverse(pose))
        )
        for finger in range(1, 6):
            rows, columns = np.nonzero(hand.nails == finger)
            if not len(rows):
                continue
            whole = len(rows) * pose.scale**2
            visible = float(((flat == finger) & ~hidden).sum() / whole)
            if visible < HIDDEN:
                continue
            x, y = _forward(pose, columns.mean() + 0.5, rows.mean() + 0.5)
            spread = np.linalg.eigvalsh(np.cov(np.stack([columns, rows])))[-1]  # of an ellipse: (length / 4)²
            length = 4 * float(np.sqrt(spread)) * pose.scale
            found.append(Nail(HAND_IDS * layer + finger, x, y, length, min(visible, 1.0)))
    return found


def _forward(pose: Pose, x: float, y: float) -> tuple[float, float]:
    cosine, sine = pose.scale * np.cos(pose.turn), pose.scale * np.sin(pose.turn)
    dx, dy = x - RENDERED / 2, y - RENDERED / 2
    return float(pose.x + cosine * dx - sine * dy), float(pose.y + sine * dx + cosine * dy)


def _inverse(pose: Pose) -> tuple[float, ...]:
    """Frame to cut-out, as Pillow wants it."""
    cosine, sine = np.cos(pose.turn) / pose.scale, np.sin(pose.turn) / pose.scale
    return (
        *(cosine, sine, RENDERED / 2 - cosine * pose.x - sine * pose.y),
        *(-sine, cosine, RENDERED / 2 + sine * pose.x - cosine * pose.y),
    )


def _placed(plane: Floats, pose: Pose) -> Floats:
    image = Image.fromarray(plane, "F")
    moved = image.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, _inverse(pose), Image.Resampling.BILINEAR)
    return np.asarray(moved, np.float32)
