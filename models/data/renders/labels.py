"""What a render knows about each nail."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from models.data.renders import plate
from models.data.renders.mesh import Array, Nails, unit
from models.data.renders.raster import project, rasterise

MIN_VISIBLE_PIXELS = 12  # smaller slivers at a silhouette are no instances


class NailLabel(TypedDict):
    """Labels of one nail; points in pixels, lengths in decimetres, camera frame x right, y down, z away."""

    label: int  # value in the mask
    box_xyxy: list[int]
    area: int
    visible: float  # visible share of the plate's own projection, 0..1
    hand: int  # 0 or 1
    side: str  # left or right
    finger: int  # 0 thumb to 4 little
    base: list[float]
    tip: list[float]
    centre: list[float]
    rotation: list[list[float]]  # columns: axis base to tip, across, outward normal; in the camera's frame
    rotation_6d: list[float]  # first two columns, as seen along the ray to the nail
    base_3d: list[float]
    tip_3d: list[float]
    shape: str
    polished: bool


def turned_to_ray(point: Array) -> Array:
    """[3, 3]: turns the ray to `point` onto the camera's axis by the shortest way.

    A patch shows a nail as if the camera looked straight at it, so this is the rotation that it can tell.
    """
    x, y, z = unit(point)
    return np.array(
        [[1 - x * x / (1 + z), -x * y / (1 + z), -x], [-x * y / (1 + z), 1 - y * y / (1 + z), -y], [x, y, z]]
    )


def describe(
    samples: npt.NDArray[np.int64],
    plates: list[tuple[int, int, str, Nails, Array]],
    focal: float,
    size: int,
    shape: str,
    polished: bool,
) -> tuple[npt.NDArray[np.uint8], list[NailLabel]]:
    """Mask [S, S], 0 background and k the k-th nail, and the nails' labels.

    samples: [S, S, n] the plate at each sample, 0 none, k the k-th of `plates` (hand, finger, side, bed, points).
    A pixel is a nail's if at least half of its samples are nail; of two nails the larger part.
    """
    mask = np.zeros(samples.shape[:2], np.uint8)
    nails: list[NailLabel] = []
    rows, columns = np.nonzero((samples > 0).sum(-1) * 2 >= samples.shape[-1])
    near = samples[rows, columns]
    counts = np.stack([(near == k + 1).sum(-1) for k in range(len(plates))], -1) if plates else np.zeros((0, 1))
    owner = counts.argmax(-1)
    faces = plate.grid_triangles()
    for k, (hand, finger, side, bed, points) in enumerate(plates):
        y, x = rows[owner == k], columns[owner == k]
        if len(y) < MIN_VISIBLE_PIXELS:
            continue
        mask[y, x] = len(nails) + 1
        # The plate alone, in a window of its own: what others hide, and what lies outside the picture.
        flat = project(points, focal, size)
        corner = np.floor(flat.min(0)) - 1
        window = int(min(np.ceil(np.ptp(flat, axis=0).max()) + 3, 4 * size))
        pixel = focal / points[:, 2:]
        shifted = np.concatenate([points[:, :2] - (corner + window / 2 - size / 2) / pixel, points[:, 2:]], 1)
        alone = int((rasterise(shifted, faces, focal, window).triangle >= 0).sum())
        middle = points[plate.COLUMNS // 2 :: plate.COLUMNS]
        # The plate's own chord is the axis: it droops a little against the bed.
        axis = unit(middle[-1] - middle[0])
        across = bed.frame[:, 1]
        rotation = np.stack([axis, across, np.cross(axis, across)], axis=1)
        keypoints = project(middle[[0, -1]], focal, size)
        seen = turned_to_ray(middle.mean(0)) @ rotation
        nails.append(
            NailLabel(
                label=len(nails) + 1,
                box_xyxy=[int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1],
                area=len(y),
                visible=round(min(len(y) / max(alone, 1), 1.0), 3),
                hand=hand,
                side=side,
                finger=finger,
                base=keypoints[0].round(3).tolist(),
                tip=keypoints[1].round(3).tolist(),
                centre=project(middle.mean(0), focal, size).round(3).tolist(),
                rotation=rotation.round(6).tolist(),
                rotation_6d=seen[:, :2].T.ravel().round(6).tolist(),
                base_3d=middle[0].round(5).tolist(),
                tip_3d=middle[-1].round(5).tolist(),
                shape=shape,
                polished=polished,
            )
        )
    return mask, nails
