"""One picture with its exact labels, from one seed."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.data.renders import look, plate, solids
from models.data.renders.labels import NailLabel, describe
from models.data.renders.mesh import Array, HandMesh, Indices, Nails
from models.data.renders.noise import waves
from models.data.renders.pose import PosedHand, pose
from models.data.renders.raster import Buffers, rasterise, vertex_normals
from models.data.renders.shadow import Shadow

SUPERSAMPLING = 2
# How many hands a picture shows, and how large a nail is: log-normal, as in the photos (their median side is 39 px of
# 432, with a tail of close-ups of one finger).
HANDS, HAND_SHARES = (0, 1, 2), (0.04, 0.82, 0.14)
CLOSE_UP = 0.12
NAIL_PX, NAIL_SPREAD = 38 / 432, 0.38
CLOSE_PX, CLOSE_SPREAD = 130 / 432, 0.4
SKIN, RING, SLEEVE, PLATE = 0, 1, 2, 3  # materials; PLATE + k is the k-th nail


class Picture(NamedTuple):
    """A render: sRGB bytes, instance mask, depth and labels."""

    rgb: npt.NDArray[np.uint8]  # [S, S, 3]
    mask: npt.NDArray[np.uint8]  # [S, S], 0 background, k the k-th nail
    depth: npt.NDArray[np.float32]  # [S, S] decimetres, inf for background
    nails: list[NailLabel]
    ita: float  # degrees, of the skin's albedo
    hands: list[str]  # left or right
    views: list[str]  # back, palm or side
    focal: float  # pixels


class Geometry(NamedTuple):
    """Triangles before the camera, what they are made of, and their nails."""

    points: Array  # [V, 3]
    faces: Indices  # [T, 3]
    material: Indices  # [T]
    rest: Array  # [V, 3] place for the skin's texture
    uv: Array  # [V, 2] along and across a nail
    closed: int  # so many triangles, the first, are of closed skin
    plates: list[tuple[int, int, str, Nails, Array]]  # hand, finger, side, bed, points
    lengths: list[float]  # of the plates
    focal: float


def render(hand: HandMesh, seed: int | tuple[int, int], size: int = 432) -> Picture:
    """Draws what belongs to `seed`: same seed, mesh and size, same picture."""
    random = np.random.default_rng(seed)
    shape = str(random.choice(plate.SHAPES))
    count = int(random.choice(HANDS, p=HAND_SHARES))
    posed = [pose(hand, random) for _ in range(count)]
    ita = float(random.uniform(*look.ITA_RANGE))
    light = look.Light(random)
    behind = look.background(size, random)
    polished = bool(random.random() < 0.6)
    sides, views = ["right" if h.right else "left" for h in posed], [h.view for h in posed]
    if not posed:
        nothing = np.zeros((size, size), np.uint8), np.full((size, size), np.inf, np.float32)
        return Picture(_camera(behind, random), *nothing, [], ita, sides, views, float(size))
    scene = _geometry(hand, posed, shape, size, random)
    buffers = rasterise(scene.points, scene.faces, scene.focal * SUPERSAMPLING, size * SUPERSAMPLING, scene.closed)
    picture = _shaded(scene, buffers, behind, light, ita, polished, size, random)
    blocks = (size, SUPERSAMPLING, size, SUPERSAMPLING)
    material = np.append(scene.material, 0)[buffers.triangle]
    samples = np.maximum(material - PLATE + 1, 0).reshape(blocks).swapaxes(1, 2).reshape(size, size, -1)
    mask, nails = describe(samples, scene.plates, scene.focal, size, shape, polished)
    depth = buffers.depth.reshape(blocks).min((1, 3)).astype(np.float32)
    return Picture(_camera(picture, random), mask, depth, nails, ita, sides, views, scene.focal)


def _camera(picture: look.Floats, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    noisy = look.linear_to_srgb(picture) + random.normal(0, random.uniform(0, 0.02), picture.shape)
    return np.round(np.clip(noisy, 0, 1) * 255).astype(np.uint8)


def _geometry(hand: HandMesh, posed: list[PosedHand], shape: str, size: int, random: np.random.Generator) -> Geometry:
    growth = random.uniform(1.0, 1.25) if shape == "natural" else random.uniform(1.05, 2.0)
    width_scale = random.uniform(0.85, 1.0)
    close = random.random() < CLOSE_UP
    distance = random.uniform(2.5, 7.0)
    target = np.exp(
        random.normal(np.log(CLOSE_PX), CLOSE_SPREAD) if close else random.normal(np.log(NAIL_PX), NAIL_SPREAD)
    )
    focal = float(target) * size * distance / (0.13 * growth)
    # Look at one nail, or at the fingertips; for two hands between them.
    look_at = posed[0].nails.base[int(random.integers(5))] if close else posed[0].nails.base.mean(0) * 0.0
    reach = distance / focal * size  # decimetres across the picture
    away = random.uniform(-0.22, 0.22, 2) * min(reach, 2.5)
    shift = np.array([*away, distance]) - look_at
    apart = random.uniform(0, 2 * np.pi)
    gap = np.array([np.cos(apart), np.sin(apart), random.uniform(-0.4, 0.4)]) * random.uniform(0.7, 1.4)
    skin, beds, extra = [], [], []
    plates: list[tuple[int, int, str, Nails, Array]] = []
    grids, lengths = [], []
    worn = [random.random() < 0.3, random.random() < 0.5]
    for index, one in enumerate(posed):
        move = shift + gap * (index - 0.5 if len(posed) == 2 else 0)
        vertices = one.vertices + move
        skin.append((vertices, hand.triangles[:, ::-1] if one.right else hand.triangles, hand.vertices + 7.0 * index))
        beds.append(Nails(one.nails.base + move, one.nails.frame, one.nails.size))
        own = one.nails.size[:, 0] * growth * random.uniform(0.95, 1.05, 5)
        own = np.maximum(own, one.nails.size[:, 1])  # the mesh's little nail is wider than long
        for k in range(5):
            bed = Nails(beds[-1].base[k], one.nails.frame[k], one.nails.size[k])
            points, uv = plate.grid(bed.base, bed.frame, own[k], bed.size[1] * width_scale, shape)
            grids.append((points, uv))
            lengths.append(float(own[k] / bed.size[0]))
            plates.append((index, k, "right" if one.right else "left", bed, points))
        if worn[0]:
            for k in random.choice([1, 2, 3, 3, 4], int(random.integers(1, 4))):
                extra.append((*solids.ring(one.rings[k] + move, vertices, random.uniform(0.008, 0.025)), RING))
        if worn[1]:
            extra.append((*solids.sleeve(one.wrist + move, vertices, random), SLEEVE))
    faces, material, offset = [], [], 0
    for vertices, triangles, _ in skin:
        faces.append(triangles + offset)
        material.append(np.full(len(triangles), SKIN))
        offset += len(vertices)
    closed = sum(len(f) for f in faces)
    triangles = plate.grid_triangles()
    for k, (points, _) in enumerate(grids):
        faces.append(triangles + offset)
        material.append(np.full(len(triangles), PLATE + k))
        offset += len(points)
    for points, triangles, kind in extra:
        faces.append(triangles + offset)
        material.append(np.full(len(triangles), kind))
        offset += len(points)
    points = np.concatenate([*(s[0] for s in skin), *(g[0] for g in grids), *(e[0] for e in extra)])
    rest, uv = points.copy(), np.zeros((len(points), 2))
    start = 0
    for vertices, _, place in skin:
        rest[start : start + len(vertices)] = place
        start += len(vertices)
    for _, place in grids:
        uv[start : start + len(place)] = place
        start += len(place)
    return Geometry(points, np.concatenate(faces), np.concatenate(material), rest, uv, closed, plates, lengths, focal)


def _shaded(
    scene: Geometry,
    buffers: Buffers,
    behind: look.Floats,
    light: look.Light,
    ita: float,
    polished: bool,
    size: int,
    random: np.random.Generator,
) -> look.Floats:
    """Linear RGB [S, S, 3]: a pixel of one material is shaded once, one at an edge at each of its samples."""
    per = SUPERSAMPLING**2

    def by_pixel(values: npt.NDArray) -> npt.NDArray:
        shape = (size, SUPERSAMPLING, size, SUPERSAMPLING, -1)
        return values.reshape(shape).swapaxes(1, 2).reshape(size * size, per, -1)

    triangle = by_pixel(buffers.triangle)[..., 0]
    barycentric = by_pixel(buffers.barycentric)
    kinds = np.append(scene.material, -1)[triangle]
    shadow = None
    if light.hard:
        distance = float(np.median(scene.points[:, 2]))
        reach = min(max(distance / scene.focal * size, 0.5), 3.0)
        shadow = Shadow(scene.points, scene.faces, light.towards, np.array([0, 0, distance]), reach)
    picture = behind.reshape(-1, 3)
    if shadow is not None and random.random() < 0.7:  # a table just behind the hand
        plane = float(scene.points[:, 2].max()) + random.uniform(0, 0.3)
        steps = (np.arange(size, dtype=np.float32) + 0.5 - size / 2) / np.float32(scene.focal) * plane
        x, y = np.meshgrid(steps, steps)
        bare = (kinds == -1).any(1)
        spots = np.stack([x.ravel()[bare], y.ravel()[bare], np.full(int(bare.sum()), plane, np.float32)], 1)
        picture[bare] *= (0.35 + 0.65 * shadow.lit(spots))[:, None]
    exposure = float(light.colour.mean() + light.ambient)
    picture = picture * np.float32(min(exposure, 1.0))

    same = (kinds == kinds[:, :1]).all(1)
    once = np.flatnonzero(same & (kinds[:, 0] >= 0))
    edge, at = np.nonzero(~same[:, None] & (kinds >= 0))
    pixel = np.concatenate([once, edge])
    sample = np.concatenate([np.zeros(len(once), int), at])
    found, weight, kind = triangle[pixel, sample], barycentric[pixel, sample], kinds[pixel, sample]
    normals = vertex_normals(scene.points, scene.faces)
    values = np.concatenate([scene.points, scene.rest, normals, scene.uv], 1).astype(np.float32)
    corner = scene.faces[found]
    value = sum(values[corner[:, k]] * weight[:, k, None] for k in range(3))
    point, place, normal, along = value[:, :3], value[:, 3:6], value[:, 6:9], value[:, 9]
    view = -point / np.sqrt((point * point).sum(1, keepdims=True))
    normal += np.where((kind == SKIN)[:, None], 0.04, 0) * np.stack([waves(place, 70, random) for _ in range(3)], 1)
    normal /= np.sqrt((normal * normal).sum(1, keepdims=True)) + 1e-9
    normal *= np.where((normal * view).sum(1) < 0, -1, 1)[:, None]
    albedo, gloss, sharpness = _materials(scene, kind, place, along, ita, polished, random)
    lit = shadow.lit(point) if shadow is not None else np.ones(len(pixel), np.float32)
    colour = light.shade(albedo, normal.astype(np.float32), view, gloss, sharpness, lit)
    picture[once] = colour[: len(once)]
    mixed = np.flatnonzero(~same)
    part = np.repeat(picture[mixed][:, None], per, 1)
    row = np.zeros(size * size, int)
    row[mixed] = np.arange(len(mixed))
    part[row[edge], at] = colour[len(once) :]
    picture[mixed] = part.mean(1)
    return picture.reshape(size, size, 3)


def _materials(
    scene: Geometry,
    kind: Indices,
    place: look.Floats,
    along: look.Floats,
    ita: float,
    polished: bool,
    random: np.random.Generator,
) -> tuple[look.Floats, look.Floats, look.Floats]:
    """Albedo [P, 3], gloss [P] and sharpness [P] of samples."""
    skin = look.skin_colour(ita, random)
    albedo = (skin * (1 + 0.05 * waves(place, 4, random) + 0.03 * waves(place, 60, random))[:, None]).astype(np.float32)
    gloss, sharpness = np.full(len(kind), random.uniform(0, 0.15), np.float32), np.full(len(kind), 12, np.float32)
    metal = np.array([0.9, 0.7, 0.3]) if random.random() < 0.5 else np.full(3, 0.7)
    cloth = look.surface_colour(random)
    own = kind == RING
    albedo[own], gloss[own], sharpness[own] = metal * random.uniform(0.3, 0.9), 1.0, 30
    own = kind == SLEEVE
    albedo[own] = cloth * (1 + 0.2 * waves(place[own], 40, random))[:, None]
    accent = look.polish_colour(random)
    one_colour = random.random() < 0.85
    french = random.random() < 0.15
    shine, points = random.uniform(0.05, 0.9), random.uniform(20, 200)
    glitter = random.uniform(0.1, 0.6) if random.random() < 0.1 else 0.0
    for k, (length, _) in enumerate(zip(scene.lengths, scene.plates, strict=True)):
        own = kind == PLATE + k
        if not own.any():
            continue
        if polished and not french:
            albedo[own] = accent if one_colour else look.polish_colour(random)
            albedo[own] *= (1 + glitter * waves(place[own], 250, random))[:, None].clip(0.2, 3)
        else:
            bed = np.clip(skin * 0.75 + np.array([0.2, 0.1, 0.09]), 0, 1)
            free = along[own] * length > (0.85 if polished else 0.97)
            lunula = np.clip(1 - along[own] / 0.2, 0, 1)[:, None] * 0.25
            edge = np.array([0.9, 0.88, 0.85]) if polished else np.array([0.8, 0.76, 0.68])
            albedo[own] = np.where(free[:, None], edge, bed + (0.9 - bed) * lunula)
        gloss[own] = shine if polished else shine * 0.4
        sharpness[own] = points
    return albedo.clip(0, 1), gloss, sharpness
