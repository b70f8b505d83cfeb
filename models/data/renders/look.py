"""Colours: skin over the ITA range, polish, light, background. Linear RGB in 0..1 unless said otherwise."""

import colorsys

import numpy as np

from models.data.renders.mesh import Array, unit

ITA_RANGE = (-60.0, 70.0)  # degrees: Chardon's scale from dark to very light, with a margin
LAB_B = (13.0, 20.0)


def srgb_to_linear(colour: Array) -> Array:
    """IEC 61966-2-1."""
    return np.asarray(np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4))


def linear_to_srgb(colour: Array) -> Array:
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


def waves(points: Array, frequency: float, random: np.random.Generator) -> Array:
    """Smooth noise about 0 with deviation about 1 at points [..., D]."""
    total = np.zeros(points.shape[:-1])
    for _ in range(8):
        direction = random.normal(0, frequency, points.shape[-1])
        total += np.sin(points @ direction + random.uniform(0, 2 * np.pi))
    return total / 2


def surface_colour(random: np.random.Generator) -> Array:
    """Mostly muted, as tables and rooms are."""
    hue, saturation = random.random(), random.beta(1, 3)
    return srgb_to_linear(np.array(colorsys.hsv_to_rgb(hue, saturation, random.uniform(0.08, 1))))


def background(size: int, random: np.random.Generator) -> Array:
    """A table, a cloth, a room out of focus: smooth noise over a gradient, stripes and boxes, in linear RGB."""
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size)), axis=-1)
    first, second = (surface_colour(random) for _ in range(2))
    blend = 0.5 + 0.3 * waves(grid, random.uniform(1, 8), random)
    if random.random() < 0.3:
        blend = 0.5 * blend + 0.5 * (np.sin(grid @ random.normal(0, 40, 2)) > 0)
    picture = first + (second - first) * np.clip(blend, 0, 1)[..., None]
    for _ in range(random.integers(0, 6)):
        left, top = random.integers(0, size, 2)
        wide, high = random.integers(size // 10, size // 2, 2)
        picture[top : top + high, left : left + wide] = surface_colour(random)
    return np.asarray(picture * (1 + 0.04 * waves(grid, 60, random))[..., None])


class Light:
    """One directional light and an ambient one."""

    def __init__(self, random: np.random.Generator) -> None:
        self.towards = unit(np.array([*random.uniform(-1, 1, 2), -random.uniform(0.5, 1.5)]))
        warmth = random.uniform(-0.2, 0.2)
        self.colour = random.uniform(0.6, 1.2) * np.array([1 + warmth, 1, 1 - warmth])
        self.ambient = random.uniform(0.15, 0.5)

    def shade(self, albedo: Array, normals: Array, view: Array, gloss: Array, sharpness: Array) -> Array:
        """Wrapped Lambert (light bleeds under the skin) and Blinn-Phong, for pixels [P, 3]."""
        cosine = normals @ self.towards
        diffuse = np.clip((cosine + 0.25) / 1.25, 0, 1)
        half = unit(self.towards + view)
        highlight = gloss * np.clip((normals * half).sum(1), 0, 1) ** sharpness * (cosine > 0)
        lit = albedo * (self.ambient + diffuse[:, None] * self.colour)
        return np.asarray(lit + highlight[:, None] * self.colour)
