"""The hand of MakeHuman's base mesh: vertices, skinning weights, joints, and a frame on each nail bed."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
MESH_PATH = Path(__file__).with_name("hand_mesh.npz")
# Bone 0 is the rigid hand; bone 1 + 3 * finger + k is the finger's k-th bone, thumb first.
BONES = ("hand", *(f"finger{finger}-{bone}.L" for finger in range(1, 6) for bone in range(1, 4)))


class Nails(NamedTuple):
    """Nail beds of one hand, or of one finger without the leading axis; lengths in decimetres, as in the mesh."""

    base: Array  # [5, 3] middle of the cuticle
    frame: Array  # [5, 3, 3] columns: axis to the tip, across, outward normal
    size: Array  # [5, 2] length and width


class HandMesh(NamedTuple):
    """A left hand at rest."""

    vertices: Array  # [V, 3] decimetres
    triangles: Indices  # [T, 3], counter-clockwise from outside
    weights: Array  # [V, 16], rows add to 1, in the order of BONES
    joints: Array  # [5, 4, 3] three bones' heads and the last one's tail
    nails: Nails


def unit(vector: Array) -> Array:
    """Vectors [..., 3] scaled to length 1."""
    return np.asarray(vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9))


def fit_nail(vertices: Array, quads: list[list[int]], joints: Array) -> Nails:
    """Frame and size of a nail bed from its quads: the bone gives the axis, the faces that look outward the normal."""
    corners = vertices[np.array(quads)]
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal = unit(normals.sum(0))
    outward = (unit(normals) @ normal) > 0.5
    points = corners[outward].reshape(-1, 3)
    axis = unit(joints[3] - joints[2])
    normal = unit(normals[outward].sum(0))
    axis = unit(axis - normal * (axis @ normal))
    across = np.cross(normal, axis)
    along, side, height = points @ axis, points @ across, points @ normal
    length, width = np.ptp(along), np.ptp(side)
    base = axis * along.min() + across * (side.min() + side.max()) / 2 + normal * np.percentile(height, 90)
    return Nails(base, np.stack([axis, across, normal], axis=1), np.array([length, width]))


def load_hand(path: Path = MESH_PATH) -> HandMesh:
    """The committed mesh, as float64 so that pictures do not depend on summation order in float32."""
    with np.load(path) as file:
        data = {name: file[name] for name in file.files}
    weights = data["weights"].astype(np.float64)
    return HandMesh(
        data["vertices"].astype(np.float64),
        data["triangles"].astype(np.int64),
        weights / weights.sum(1, keepdims=True),
        data["joints"].astype(np.float64),
        Nails(*(data[name].astype(np.float64) for name in Nails._fields)),
    )
