"""A z-buffer rasteriser in numpy: all spans of all triangles at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.data.renders.mesh import Array, Indices

NEAR = 0.2  # decimetres: triangles that reach closer are dropped


class Buffers(NamedTuple):
    """What each pixel sees; index -1 is the background."""

    triangle: npt.NDArray[np.int64]  # [H, W]
    barycentric: npt.NDArray[np.float32]  # [H, W, 3], perspective-correct
    depth: npt.NDArray[np.float32]  # [H, W] along the camera's z, inf for background


def project(points: Array, focal: float, size: int) -> Array:
    """Pixels [.., 2] of points in the camera's frame; pixel centres lie at k + 0.5."""
    return np.asarray(points[..., :2] / points[..., 2:] * focal + size / 2)


def _ranges(lengths: Indices) -> tuple[Indices, Indices]:
    """For runs of these lengths: which run each item is of, and its place in it."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def rasterise(points: Array, triangles: Indices, focal: float, size: int, closed: int = 0) -> Buffers:
    """Nearest triangle for every pixel of a size x size picture, span by span.

    closed: so many triangles, the first, are of closed bodies, anticlockwise from outside: their backs are left out.
    """
    corners = points[triangles]
    pixels = project(corners, focal, size)
    edge1, edge2 = pixels[:, 1] - pixels[:, 0], pixels[:, 2] - pixels[:, 0]
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    # With y down, what is anticlockwise from outside has a negative area when it faces the camera.
    area[:closed] = np.minimum(area[:closed], 0)
    low = np.clip(np.ceil(pixels[..., 1].min(1) - 0.5), 0, size).astype(int)
    high = np.clip(np.floor(pixels[..., 1].max(1) - 0.5) + 1, 0, size).astype(int)
    good = (np.abs(area) > 1e-9) & (high > low) & (corners[:, :, 2].min(1) > NEAR)
    good &= (pixels[..., 0].max(1) > 0) & (pixels[..., 0].min(1) < size)
    index = np.flatnonzero(good)
    # The last two barycentric coordinates as planes a x + b y + c; the first is one minus their sum.
    e1, e2, origin, scale = edge1[index], edge2[index], pixels[index, 0], 1 / area[index]
    second = np.stack([e2[:, 1], -e2[:, 0]], 1) * scale[:, None]
    third = np.stack([-e1[:, 1], e1[:, 0]], 1) * scale[:, None]
    constant2, constant3 = -(second * origin).sum(1), -(third * origin).sum(1)
    slope = np.stack([-second[:, 0] - third[:, 0], second[:, 0], third[:, 0]], 1)
    lift = np.stack([-second[:, 1] - third[:, 1], second[:, 1], third[:, 1]], 1)
    constant = np.stack([1 - constant2 - constant3, constant2, constant3], 1)

    of, row = _ranges((high - low)[index])
    row += low[index[of]]
    level = lift[of] * (row + 0.5)[:, None] + constant[of]
    steep = slope[of]
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = -level / steep
    # numpy's reductions over an axis of three are slow: columns one by one.
    left, right = (np.where(sign, zero, far).T for sign, far in ((steep > 0, -np.inf), (steep < 0, np.inf)))
    left, right = np.maximum(np.maximum(*left[:2]), left[2]), np.minimum(np.minimum(*right[:2]), right[2])
    flat = ((steep == 0) & (level < 0)).any(1)
    first = np.ceil(np.clip(left - 0.5, 0, size)).astype(int)
    last = np.floor(np.clip(right - 0.5, -1, size - 1)).astype(int)
    span, column = _ranges(np.where(flat, 0, np.maximum(last - first + 1, 0)))
    column += first[span]
    which = of[span]
    place = row[span] * size + column
    weights = (slope[which] * (column + 0.5)[:, None] + level[span]).astype(np.float32)
    weights /= corners[index[which], :, 2]  # linear in 1 / z on the screen
    inverse = weights[:, 0] + weights[:, 1] + weights[:, 2]
    # Of several writes to one pixel the last stays, which is the nearest.
    winner = np.full(size * size, -1)
    winner[place] = np.arange(len(place))
    hidden = np.flatnonzero(winner[place] != np.arange(len(place)))  # only where two meet is there anything to sort
    both = np.concatenate([hidden, winner[place[hidden]]])
    both = both[np.argsort(inverse[both], kind="stable")]
    winner[place[both]] = both
    seen = np.flatnonzero(winner >= 0)
    winner = winner[seen]
    triangle = np.full(size * size, -1)
    barycentric = np.zeros((size * size, 3), np.float32)
    depth = np.full(size * size, np.inf, np.float32)
    triangle[seen] = index[which[winner]]
    barycentric[seen] = weights[winner] / inverse[winner, None]
    depth[seen] = 1 / inverse[winner]
    return Buffers(triangle.reshape(size, size), barycentric.reshape(size, size, 3), depth.reshape(size, size))


def vertex_normals(points: Array, triangles: Indices) -> Array:
    """Area-weighted unit normals [V, 3]."""
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], faces)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))
