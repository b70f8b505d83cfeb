"""One picture with its exact labels, from one seed."""

from typing import NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt

from models.data.renders import look, plate
from models.data.renders.mesh import Array, HandMesh, Indices, Nails, unit
from models.data.renders.pose import before_camera
from models.data.renders.raster import project, rasterise, vertex_normals

SUPERSAMPLING = 2
MIN_VISIBLE_PIXELS = 12  # smaller slivers at a silhouette are no instances


class NailLabel(TypedDict):
    """Labels of one nail; points in pixels, lengths in decimetres, camera frame x right, y down, z away."""

    label: int  # value in the mask
    box_xyxy: list[int]
    area: int
    visible: float  # visible share of the plate's own projection, 0..1
    finger: int  # 0 thumb to 4 little
    base: list[float]
    tip: list[float]
    centre: list[float]
    rotation: list[list[float]]  # columns: axis base to tip, across, outward normal
    rotation_6d: list[float]  # first two columns, one after the other
    base_3d: list[float]
    tip_3d: list[float]
    shape: str
    polished: bool


class Picture(NamedTuple):
    """A render: sRGB bytes, instance mask, depth and labels."""

    rgb: npt.NDArray[np.uint8]  # [S, S, 3]
    mask: npt.NDArray[np.uint8]  # [S, S], 0 background, k the k-th nail
    depth: npt.NDArray[np.float32]  # [S, S] decimetres, inf for background
    nails: list[NailLabel]
    ita: float  # degrees, of the skin's albedo
    hand: str  # left or right
    focal: float  # pixels


def majority(samples: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Nail indices [S, S] from [S, S, samples]: 0 unless half a pixel is nail; of two the larger part."""
    counts = np.stack([(samples == k).sum(-1) for k in range(1, 6)], axis=-1)
    best = counts.argmax(-1) + 1
    return np.where(counts.sum(-1) * 2 >= samples.shape[-1], best, 0).astype(np.uint8)


def render(hand: HandMesh, seed: int | tuple[int, int], size: int = 432) -> Picture:
    """Draws the hand that belongs to `seed`: same seed, mesh and size, same picture."""
    random = np.random.default_rng(seed)
    vertices, beds, right = before_camera(hand, random)
    large = size * SUPERSAMPLING
    focal = random.uniform(1.0, 1.6) * size
    shape = str(random.choice(plate.SHAPES))
    growth = random.uniform(1.0, 1.25) if shape == "natural" else random.uniform(1.05, 2.0)
    width_scale = random.uniform(0.85, 1.0)
    lengths = beds.size[:, 0] * growth * random.uniform(0.95, 1.05, 5)
    lengths = np.maximum(lengths, beds.size[:, 1])  # the mesh's little nail is wider than long
    grids = [
        plate.grid(beds.base[k], beds.frame[k], lengths[k], beds.size[k, 1] * width_scale, shape) for k in range(5)
    ]
    plate_faces = plate.grid_triangles()
    per_plate = plate.ROWS * plate.COLUMNS
    points = np.concatenate([vertices, *(points for points, _ in grids)])
    skin_faces = hand.triangles[:, ::-1] if right else hand.triangles
    faces = np.concatenate([skin_faces, *(plate_faces + len(vertices) + k * per_plate for k in range(5))])
    material = np.concatenate([np.zeros(len(skin_faces), int), np.repeat(np.arange(1, 6), len(plate_faces))])

    buffers = rasterise(points, faces, focal * SUPERSAMPLING, large)
    hit = buffers.triangle >= 0
    corner = faces[buffers.triangle[hit]]
    weight = buffers.barycentric[hit][:, :, None]
    kind = material[buffers.triangle[hit]]

    ita = float(random.uniform(*look.ITA_RANGE))
    skin = look.skin_colour(ita, random)
    rest = np.concatenate([hand.vertices, np.zeros((5 * per_plate, 3))])
    place = (rest[corner] * weight).sum(1)
    tone = 1 + 0.05 * look.waves(place, 4, random) + 0.015 * look.waves(place, 60, random)
    albedo = skin * tone[:, None]
    gloss, sharpness = np.full(len(kind), random.uniform(0, 0.12)), np.full(len(kind), 12.0)

    uv = np.concatenate([np.zeros((len(vertices), 2)), *(uv for _, uv in grids)])
    along = (uv[corner] * weight).sum(1)[:, 0]
    polished = bool(random.random() < 0.6)
    accent = look.polish_colour(random)
    one_colour = random.random() < 0.85
    nail_gloss, nail_sharpness = random.uniform(0.05, 0.9), random.uniform(20, 200)
    for k in range(1, 6):
        own = kind == k
        if polished:
            albedo[own] = accent if one_colour else look.polish_colour(random)
        else:
            bed = np.clip(skin * 0.75 + np.array([0.2, 0.1, 0.09]), 0, 1)
            free = along[own] * lengths[k - 1] > beds.size[k - 1, 0] * 0.97
            lunula = np.clip(1 - along[own] / 0.2, 0, 1)[:, None] * 0.25
            albedo[own] = np.where(free[:, None], np.array([0.8, 0.76, 0.68]), bed + (0.9 - bed) * lunula)
        gloss[own] = nail_gloss if polished else nail_gloss * 0.4
        sharpness[own] = nail_sharpness

    normals = vertex_normals(points, faces)
    normal = unit((normals[corner] * weight).sum(1))
    view = -unit((points[corner] * weight).sum(1))
    bump = 0.025 * np.stack([look.waves(place, 70, random) for _ in range(3)], axis=1)
    normal = unit(normal + np.where((kind == 0)[:, None], bump, 0))
    normal *= np.where((normal * view).sum(1) < 0, -1, 1)[:, None]
    light = look.Light(random)
    picture = look.background(large, random)
    picture[hit] = light.shade(albedo, normal, view, gloss, sharpness)

    blocks = picture.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING, 3).mean((1, 3))
    noisy = look.linear_to_srgb(blocks) + random.normal(0, random.uniform(0, 0.02), blocks.shape)
    labels = np.zeros((large, large), np.int64)
    labels[hit] = kind
    samples = labels.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING).swapaxes(1, 2).reshape(size, size, -1)
    mask, nails = _instances(majority(samples), beds, grids, plate_faces, focal, size, shape, polished)
    depth = buffers.depth.reshape(size, SUPERSAMPLING, size, SUPERSAMPLING).min((1, 3)).astype(np.float32)
    rgb = np.round(np.clip(noisy, 0, 1) * 255).astype(np.uint8)
    return Picture(rgb, mask, depth, nails, ita, "right" if right else "left", focal)


def _instances(
    fingers: npt.NDArray[np.uint8],
    beds: Nails,
    grids: list[tuple[Array, Array]],
    plate_faces: Indices,
    focal: float,
    size: int,
    shape: str,
    polished: bool,
) -> tuple[npt.NDArray[np.uint8], list[NailLabel]]:
    """Renumbers visible nails 1.. and writes down their labels."""
    mask = np.zeros_like(fingers)
    nails: list[NailLabel] = []
    for k, (points, _) in enumerate(grids):
        own = fingers == k + 1
        if own.sum() < MIN_VISIBLE_PIXELS:
            continue
        mask[own] = len(nails) + 1
        rows, columns = np.nonzero(own)
        alone = int((rasterise(points, plate_faces, focal, size).triangle >= 0).sum())
        frame = beds.frame[k]
        middle = points[plate.COLUMNS // 2 :: plate.COLUMNS]
        # The plate's own chord is the axis: it droops a little against the bed.
        axis = unit(middle[-1] - middle[0])
        rotation = np.stack([axis, frame[:, 1], np.cross(axis, frame[:, 1])], axis=1)
        keypoints = project(middle[[0, -1]], focal, size)
        nails.append(
            NailLabel(
                label=len(nails) + 1,
                box_xyxy=[int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1],
                area=int(own.sum()),
                visible=round(min(float(own.sum()) / max(alone, 1), 1.0), 3),
                finger=k,
                base=keypoints[0].round(3).tolist(),
                tip=keypoints[1].round(3).tolist(),
                centre=project(middle.mean(0), focal, size).round(3).tolist(),
                rotation=rotation.round(6).tolist(),
                rotation_6d=rotation[:, :2].T.ravel().round(6).tolist(),
                base_3d=middle[0].round(5).tolist(),
                tip_3d=middle[-1].round(5).tolist(),
                shape=shape,
                polished=polished,
            )
        )
    return mask, nails
