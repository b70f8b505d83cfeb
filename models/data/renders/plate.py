"""Nail plates: a curved grid that follows the nail bed and grows past it in one of six shapes."""

import numpy as np

from models.data.renders.mesh import Array, Indices

SHAPES = ("natural", "square", "round", "almond", "stiletto", "coffin")
ROWS, COLUMNS = 24, 11  # odd, so that the middle column holds the base and the tip
LIFT = 0.018  # decimetres above the bed, so that skin does not show through


def half_width(shape: str, along: Array) -> Array:
    """Half of the plate's width, 1 at its widest, for along 0 (cuticle) to 1 (tip)."""
    cuticle = np.sqrt(np.clip(1 - (1 - np.minimum(along / 0.3, 1)) ** 2, 0, 1))
    u = np.clip((along - 0.45) / 0.55, 0, 1)
    tip = {
        "natural": np.sqrt(np.clip(1 - u**4, 0, 1)),
        "square": np.ones_like(u),
        "round": np.sqrt(np.clip(1 - u**2.5, 0, 1)),
        "almond": np.sqrt(np.clip(1 - u**1.6, 0, 1)) * (1 - 0.15 * u),
        "stiletto": 1 - 0.97 * u**1.2,
        "coffin": 1 - 0.5 * u,
    }[shape]
    return np.asarray(cuticle * tip)


def grid(base: Array, frame: Array, length: float, width: float, shape: str) -> tuple[Array, Array]:
    """Points [ROWS * COLUMNS, 3], row 0 at the cuticle, and their place (along, across) in 0..1 and -1..1."""
    along, across = np.meshgrid(np.linspace(0, 1, ROWS), np.linspace(-1, 1, COLUMNS), indexing="ij")
    side = across * half_width(shape, along) * width / 2
    radius = 0.75 * width  # an arch of about 84 degrees of a cylinder
    drop = radius - np.sqrt(radius**2 - side**2)
    droop = 0.1 * length * along**2
    local = np.stack([along * length, side, LIFT - drop - droop], axis=-1).reshape(-1, 3)
    return base + local @ frame.T, np.stack([along, across], axis=-1).reshape(-1, 2)


def grid_triangles() -> Indices:
    """Triangles [T, 3] of one plate, counter-clockwise from outside."""
    index = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    a, b, c, d = index[:-1, :-1].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel(), index[:-1, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
