"""Cast shadows: what the light does not see."""

import numpy as np
import numpy.typing as npt

from models.data.renders.mesh import Array, Indices, unit
from models.data.renders.raster import project, rasterise

SIDE = 384  # cells of the shadow map
FAR = 200.0  # decimetres: from so far away the perspective is nearly parallel
BIAS = 0.025  # decimetres


class Shadow:
    """A depth map from the light; `towards` is the unit vector to it.

    It covers `radius` about `middle`: what lies beyond casts none.
    """

    def __init__(self, points: Array, triangles: Indices, towards: Array, middle: Array, radius: float) -> None:
        side = unit(np.cross(towards, [0.1, 1.0, 0.2]))
        self.basis = np.stack([side, np.cross(-towards, side), -towards]).astype(np.float32)
        self.middle = middle.astype(np.float32)
        seen = self._seen(points)
        self.focal = FAR * SIDE / 2 / radius
        self.depth = rasterise(seen, triangles, self.focal, SIDE).depth

    def _seen(self, points: npt.NDArray[np.floating]) -> Array:
        turned = (points.astype(np.float32) - self.middle) @ self.basis.T
        turned[..., 2] += FAR
        return np.asarray(turned)

    def lit(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """0 (shadow) to 1 (light) at points [P, 3]: the mean of four cells."""
        seen = self._seen(points)
        cells = project(seen, self.focal, SIDE)
        total = np.zeros(len(seen), np.float32)
        for dx, dy in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)):
            x = (cells[:, 0] + dx).astype(np.int32)
            y = (cells[:, 1] + dy).astype(np.int32)
            inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
            depth = self.depth[y.clip(0, SIDE - 1), x.clip(0, SIDE - 1)]
            total += ~(inside & (seen[:, 2] > depth + BIAS))
        return total / 4
