"""Colours: skin over the ITA range, polish, light, background. Linear RGB in 0..1 unless said otherwise."""

import colorsys

import numpy as np
import numpy.typing as npt

from models.data.renders.mesh import Array, unit
from models.data.renders.noise import waves

Floats = npt.NDArray[np.float32]

ITA_RANGE = (-60.0, 70.0)  # degrees: Chardon's scale from dark to very light, with a margin
LAB_B = (13.0, 20.0)


def srgb_to_linear(colour: Array) -> Array:
    """IEC 61966-2-1."""
    return np.asarray(np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4))


def linear_to_srgb(colour: npt.NDArray[np.floating]) -> Array:
    """IEC 61966-2-1; values outside 0..1 are clipped."""
    colour = np.clip(colour, 0, 1)
    return np.asarray(np.where(colour <= 0.0031308, colour * 12.92, 1.055 * colour ** (1 / 2.4) - 0.055))


def lab_to_linear(lab: Array) -> Array:
    """CIELAB (D65) to linear sRGB."""
    fy = (lab[0] + 16) / 116
    f = np.array([fy + lab[1] / 500, fy, fy - lab[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * np.array([0.9505, 1.0, 1.089])
    matrix = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.204, 1.057]])
    return np.asarray(np.clip(matrix @ xyz, 0.003, 1))


def skin_colour(ita: float, random: np.random.Generator) -> Array:
    """Albedo whose individual typology angle, atan((L - 50) / b), is `ita` degrees."""
    b = random.uniform(*LAB_B)
    lightness = 50 + b * np.tan(np.radians(ita))
    if not 15 <= lightness <= 92:  # at the ends of the scale only a smaller b keeps a possible lightness
        lightness = float(np.clip(lightness, 15, 92))
        b = (lightness - 50) / np.tan(np.radians(ita))
    return lab_to_linear(np.array([lightness, random.uniform(7, 13), b]))


def polish_colour(random: np.random.Generator) -> Array:
    """Mostly reds and pinks, as sold; any hue one time in two."""
    hue = random.random() if random.random() < 0.5 else random.uniform(-0.08, 0.05) % 1
    return srgb_to_linear(np.array(colorsys.hsv_to_rgb(hue, random.uniform(0.15, 1), random.uniform(0.1, 1))))


def surface_colour(random: np.random.Generator) -> Array:
    """Mostly muted, as tables and rooms are."""
    hue, saturation = random.random(), random.beta(1, 3)
    return srgb_to_linear(np.array(colorsys.hsv_to_rgb(hue, saturation, random.uniform(0.08, 1))))


def background(size: int, random: np.random.Generator) -> Floats:
    """A table, a cloth, a room out of focus: smooth noise over a gradient, stripes and boxes, in linear RGB."""
    steps = np.linspace(-1, 1, size, dtype=np.float32)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1)
    first, second = (surface_colour(random) for _ in range(2))
    blend = 0.5 + random.uniform(0.02, 0.4) * waves(grid, random.uniform(1, 8), random)
    if random.random() < 0.3:  # a pattern of cloth
        blend += 0.5 * (waves(grid, random.uniform(10, 60), random) > random.uniform(-0.5, 1.5))
    if random.random() < 0.3:
        blend = 0.5 * blend + 0.5 * (np.sin(grid @ random.normal(0, 40, 2)) > 0)
    picture = first + (second - first) * np.clip(blend, 0, 1)[..., None]
    for _ in range(random.integers(0, 8) if random.random() < 0.5 else 0):
        left, top = random.integers(0, size, 2)
        wide, high = random.integers(size // 10, size // 2, 2)
        picture[top : top + high, left : left + wide] = surface_colour(random)
    # Skin-coloured and polish-coloured spots without a nail: rounded things that are none.
    for _ in range(int(random.integers(0, 5)) if random.random() < 0.4 else 0):
        centre, axes = random.uniform(-1, 1, 2), random.uniform(0.02, 0.3, 2)
        turn = random.uniform(0, np.pi)
        x, y = grid[..., 0] - centre[0], grid[..., 1] - centre[1]
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        colour = polish_colour(random) if random.random() < 0.4 else skin_colour(random.uniform(*ITA_RANGE), random)
        inside = (u / axes[0]) ** 2 + (v / axes[1]) ** 2
        shaded = np.clip(1.2 - 0.5 * inside, 0.4, 1)[..., None] * colour
        picture = np.where((inside < 1)[..., None], shaded, picture)
    return np.asarray(picture * (1 + random.uniform(0.01, 0.12) * waves(grid, 60, random))[..., None], np.float32)


class Light:
    """One directional light and an ambient one; now and then dim."""

    def __init__(self, random: np.random.Generator) -> None:
        self.towards = unit(np.array([*random.uniform(-1, 1, 2), -random.uniform(0.4, 1.5)]))
        warmth = random.uniform(-0.2, 0.2)
        exposure = random.uniform(0.06, 0.4) if random.random() < 0.12 else random.uniform(0.6, 1.2)
        self.colour = exposure * np.array([1 + warmth, 1, 1 - warmth])
        self.ambient = exposure * random.uniform(0.15, 0.6)
        self.hard = bool(random.random() < 0.5)  # casts shadows

    def shade(
        self, albedo: Floats, normals: Floats, view: Floats, gloss: Floats, sharpness: Floats, lit: Floats
    ) -> Floats:
        """Wrapped Lambert (light bleeds under the skin) and Blinn-Phong, for samples [P, 3]; lit: 0 in shadow."""
        towards, colour = self.towards.astype(np.float32), self.colour.astype(np.float32)
        cosine = normals @ towards
        diffuse = np.clip((cosine + 0.25) / 1.25, 0, 1) * lit
        half = towards + view
        half /= np.sqrt((half * half).sum(1, keepdims=True))
        highlight = gloss * np.clip((normals * half).sum(1), 0, 1) ** sharpness * (cosine > 0) * lit
        return np.asarray(albedo * (self.ambient + diffuse[:, None] * colour) + highlight[:, None] * colour, np.float32)
