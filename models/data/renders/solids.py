"""What hands wear: rings and a sleeve, as triangle meshes."""

import numpy as np

from models.data.renders.mesh import Array, Indices, unit

AROUND, ACROSS = 24, 8


def _frame(axis: Array) -> tuple[Array, Array]:
    side = unit(np.cross(axis, [0.3, 0.5, 0.8]))
    return side, np.cross(axis, side)


def _tube(rows: int, columns: int) -> Indices:
    """Triangles of a grid [rows, columns] that closes in its second direction."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    a, b = row * columns + column, row * columns + (column + 1) % columns
    c, d = a + columns, b + columns
    return np.concatenate([np.stack([a, b, d], -1), np.stack([a, d, c], -1)]).reshape(-1, 3)


def ring(bone: Array, flesh: Array, thick: float) -> tuple[Array, Indices]:
    """A torus around the middle of a bone [2, 3], as wide as the nearby vertices of `flesh` [V, 3]."""
    axis = unit(bone[1] - bone[0])
    middle = bone[0] + (bone[1] - bone[0]) * 0.55
    offset = flesh - middle
    along = offset @ axis
    distance = np.linalg.norm(offset - along[:, None] * axis, axis=1)
    near = (np.abs(along) < 0.05) & (distance < 0.16)
    radius = float(np.quantile(distance[near], 0.8)) if near.any() else 0.09
    side, up = _frame(axis)
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    small = np.linspace(0, 2 * np.pi, ACROSS + 1)
    out = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up
    points = (
        middle
        + out[None] * (radius + thick * np.cos(small))[:, None, None]
        + axis * (thick * 1.6 * np.sin(small))[:, None, None]
    )
    return points.reshape(-1, 3), _tube(ACROSS + 1, AROUND)


def sleeve(wrist: Array, flesh: Array, random: np.random.Generator) -> tuple[Array, Indices]:
    """A wavy tube from the wrist [2, 3] towards the elbow, wide enough for `flesh` [V, 3]."""
    axis = unit(wrist[1] - wrist[0])
    middle = wrist[0] + (wrist[1] - wrist[0]) * random.uniform(-0.1, 0.9)
    offset = flesh - middle
    along = offset @ axis
    inside = np.abs(along) < 0.12
    distance = np.linalg.norm(offset - along[:, None] * axis, axis=1)
    radius = float(np.quantile(distance[inside], 0.9)) * random.uniform(1.02, 1.3) if inside.any() else 0.3
    side, up = _frame(axis)
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    length = np.array([0.06, 0.0, 0.0, 0.1, 0.4, 0.8, 1.5, 3.0])
    width = radius * np.array([0.9, 0.95, 1.05, 1.1, 1.1, 1.15, 1.2, 1.3])
    folds = 1 + 0.03 * np.sin(turn * random.integers(3, 9) + random.uniform(0, 6))
    out = (np.cos(turn) * folds)[:, None] * side + (np.sin(turn) * folds)[:, None] * up
    points = middle + out[None] * width[:, None, None] + axis * length[:, None, None]
    return points.reshape(-1, 3), _tube(len(length), AROUND)
