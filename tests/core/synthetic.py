"""Network outputs for nails that are known exactly: ellipses."""

from dataclasses import dataclass

import numpy as np

from models.evaluation.core import Candidate
from models.spec import FINGERS, NAIL_HEATMAP, NAIL_PATCH, PATCH_SIZE

STRIDE = NAIL_HEATMAP.constants["stride"]
SIZE_UNIT = NAIL_HEATMAP.constants["size_unit"]
HEAT_STRIDE = NAIL_PATCH.constants["heat_stride"]
GRID = PATCH_SIZE // 2
IDENTITY = np.array([1, 0, 0, 0, 1, 0], np.float32)


@dataclass(frozen=True)
class Ellipse:
    """A nail in frame pixels; direction: radians, base to tip."""

    x: float
    y: float
    length: float
    width: float
    direction: float
    finger: int = 1
    logit: float = 4.0

    @property
    def tip(self) -> np.ndarray:
        return np.array([self.x, self.y]) + 0.5 * self.length * self.unit

    @property
    def base(self) -> np.ndarray:
        return np.array([self.x, self.y]) - 0.5 * self.length * self.unit

    @property
    def unit(self) -> np.ndarray:
        return np.array([np.cos(self.direction), np.sin(self.direction)])

    def radius(self, points: np.ndarray) -> np.ndarray:
        """0 in the centre, 1 on the outline. points: [..., 2]."""
        relative = points - np.array([self.x, self.y])
        along, across = relative @ self.unit, relative @ np.array([-self.unit[1], self.unit[0]])
        return np.hypot(along / (0.5 * self.length), across / (0.5 * self.width))

    def outline(self, count: int = 400) -> np.ndarray:
        t = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
        normal = np.array([-self.unit[1], self.unit[0]])
        along, across = 0.5 * self.length * np.cos(t) * self.unit, 0.5 * self.width * np.sin(t) * normal
        return np.array([self.x, self.y]) + along + across


def inverse(affine: np.ndarray) -> np.ndarray:
    full = np.vstack([affine.reshape(2, 3).astype(np.float64), [0, 0, 1]])
    return np.linalg.inv(full)[:2].ravel()


def transform(affine: np.ndarray, points: np.ndarray) -> np.ndarray:
    """points [..., 2] through an affine [6]."""
    matrix = np.asarray(affine, np.float64).reshape(2, 3)
    return points @ matrix[:, :2].T + matrix[:, 2]


def logit(probability: np.ndarray) -> np.ndarray:
    p = np.clip(probability, 1e-6, 1 - 1e-4)
    return np.log(p / (1 - p))


def cell_centers(rows: int, columns: int, stride: float) -> np.ndarray:
    """[rows, columns, 2]: x, y in pixels."""
    x, y = np.meshgrid((np.arange(columns) + 0.5) * stride, (np.arange(rows) + 0.5) * stride)
    return np.stack([x, y], -1)


def pass1(
    nails: list[Ellipse], rows: int, columns: int, affine: np.ndarray = IDENTITY
) -> tuple[np.ndarray, np.ndarray]:
    """heatmap [rows, columns, 5] and geometry [rows, columns, 6] of nails seen through affine (input -> frame)."""
    heatmap = np.full((rows, columns, len(FINGERS)), -8.0, np.float32)
    geometry = np.zeros((rows, columns, 6), np.float32)
    cells = cell_centers(rows, columns, STRIDE)
    to_input = inverse(affine)
    scale = np.sqrt(abs(np.linalg.det(affine.reshape(2, 3)[:, :2].astype(np.float64))))
    for nail in nails:
        center = transform(to_input, np.array([nail.x, nail.y]))
        turned = to_input.reshape(2, 3)[:, :2] @ nail.unit
        axis = np.arctan2(turned[1], turned[0])
        offset = (center - cells) / STRIDE
        distance = np.hypot(offset[..., 0], offset[..., 1])
        heatmap[..., nail.finger] = np.maximum(heatmap[..., nail.finger], nail.logit - 2 * distance**2)
        near = distance < 4
        sizes = [np.log(nail.length / scale / SIZE_UNIT), np.log(nail.width / scale / SIZE_UNIT)]
        geometry[near] = np.array([0, 0, *sizes, np.cos(2 * axis), np.sin(2 * axis)], np.float32)
        geometry[near, :2] = offset[near]
    return heatmap, geometry


def in_order(nails: list[Ellipse], candidates: list[Candidate]) -> list[Ellipse]:
    """The nail of each candidate."""
    return [min(nails, key=lambda n: np.hypot(n.x - c.center[0], n.y - c.center[1])) for c in candidates]


def pass2(
    nails: list[Ellipse], affines: np.ndarray, confidence: float = 6.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """keypoints [N, 32, 32, 2], masks [N, 64, 64, 1] and confidence [N, 1]: logits of nail i in patch i."""
    keypoints, masks = [], []
    for nail, affine in zip(nails, affines, strict=True):
        pixels = transform(affine, cell_centers(PATCH_SIZE, PATCH_SIZE, 1))
        masks.append(20 * (1 - nail.radius(pixels)))
        ends = transform(inverse(affine), np.stack([nail.base, nail.tip]))
        cells = cell_centers(GRID, GRID, HEAT_STRIDE)
        distance2 = ((cells[:, :, None] - ends) ** 2).sum(-1) / HEAT_STRIDE**2
        keypoints.append(-distance2 / (2 * 1.2**2))
    return (
        np.asarray(keypoints, np.float32),
        np.asarray(masks, np.float32)[..., None],
        np.full((len(masks), 1), confidence, np.float32),
    )
