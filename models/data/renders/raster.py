"""A z-buffer rasteriser in numpy: small triangles in batches of equal bounding boxes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.data.renders.mesh import Array, Indices

NEAR = 0.2  # decimetres: triangles that reach closer are dropped
BATCH_PIXELS = 4_000_000


class Buffers(NamedTuple):
    """What each pixel sees; index -1 is the background."""

    triangle: npt.NDArray[np.int64]  # [H, W]
    barycentric: Array  # [H, W, 3], perspective-correct
    depth: Array  # [H, W] along the camera's z, inf for background


def project(points: Array, focal: float, size: int) -> Array:
    """Pixels [.., 2] of points in the camera's frame; pixel centres lie at k + 0.5."""
    return np.asarray(points[..., :2] / points[..., 2:] * focal + size / 2)


def rasterise(points: Array, triangles: Indices, focal: float, size: int) -> Buffers:
    """Nearest triangle for every pixel of a size x size picture."""
    corners = points[triangles]
    pixels = project(corners, focal, size)
    low = np.clip(np.floor(pixels.min(1)), 0, size).astype(int)
    high = np.clip(np.ceil(pixels.max(1)), 0, size).astype(int)
    edge1, edge2 = pixels[:, 1] - pixels[:, 0], pixels[:, 2] - pixels[:, 0]
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    extent = (high - low).max(1)
    good = (np.abs(area) > 1e-9) & (high > low).all(1) & (corners[:, :, 2].min(1) > NEAR)
    found: list[tuple[Indices, Array, Indices, Array]] = []
    side = 4
    while side < 2 * size:
        chosen = np.flatnonzero(good & (extent <= side) & ((extent > side // 2) | (side == 4)))
        step = max(BATCH_PIXELS // side**2, 1)
        for start in range(0, len(chosen), step):
            part = chosen[start : start + step]
            x = low[part, 0, None, None] + np.arange(side)[None, None, :]
            y = low[part, 1, None, None] + np.arange(side)[None, :, None]
            dx = x + 0.5 - pixels[part, 0, 0, None, None]
            dy = y + 0.5 - pixels[part, 0, 1, None, None]
            e1, e2, a = edge1[part, :, None, None], edge2[part, :, None, None], area[part, None, None]
            b1 = (dx * e2[:, 1] - dy * e2[:, 0]) / a
            b2 = (dy * e1[:, 0] - dx * e1[:, 1]) / a
            inside = (b1 >= 0) & (b2 >= 0) & (b1 + b2 <= 1) & (x < size) & (y < size)
            which, row, column = np.nonzero(inside)
            weights = np.stack([1 - b1[inside] - b2[inside], b1[inside], b2[inside]], 1)
            weights /= corners[part[which], :, 2]  # linear in 1 / z on the screen
            place = (low[part[which], 1] + row) * size + low[part[which], 0] + column
            found.append((place, weights.sum(1), part[which], weights / weights.sum(1, keepdims=True)))
        side *= 2
    triangle = np.full(size * size, -1)
    barycentric = np.zeros((size * size, 3))
    depth = np.full(size * size, np.inf)
    if found:
        place = np.concatenate([batch[0] for batch in found])
        inverse = np.concatenate([batch[1] for batch in found])
        index = np.concatenate([batch[2] for batch in found])
        weights = np.concatenate([batch[3] for batch in found])
        order = np.argsort(inverse, kind="stable")  # of several writes to one pixel the last, nearest, stays
        triangle[place[order]] = index[order]
        barycentric[place[order]] = weights[order]
        depth[place[order]] = 1 / inverse[order]
    return Buffers(triangle.reshape(size, size), barycentric.reshape(size, size, 3), depth.reshape(size, size))


def vertex_normals(points: Array, triangles: Indices) -> Array:
    """Area-weighted unit normals [V, 3]."""
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], faces)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))
