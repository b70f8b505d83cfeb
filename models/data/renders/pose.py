"""Poses a hand: flexes three bones a finger within joint limits, then turns it before the camera.

Camera frame: x right, y down, z away from the camera, decimetres.
"""

from typing import NamedTuple

import numpy as np

from models.data.renders.mesh import Array, HandMesh, Nails, unit

# Flexion of the knuckle and the middle joint in radians against the mesh's relaxed rest pose; the last joint follows
# the middle one at two thirds, as its tendon does in the living hand.
OPEN = ((-0.25, 0.8), (-0.15, 1.0))
CURLED = ((0.1, 1.25), (0.9, 1.75))
THUMB_OPEN = ((-0.2, 0.25), (-0.25, 0.5))
THUMB_CURLED = ((-0.1, 0.4), (0.0, 0.9))
SPREAD = 0.16  # radians to each side
# Share of views, as among the photos: the back of the hand, the palm with curled fingers, the side.
VIEWS = {"back": 0.55, "palm": 0.3, "side": 0.15}


class PosedHand(NamedTuple):
    """A hand turned towards the camera, about its own origin; decimetres."""

    vertices: Array  # [V, 3]
    nails: Nails
    wrist: Array  # [2, 3] a point on the wrist and one towards the elbow
    rings: Array  # [5, 2, 3] the first bone's ends of each finger
    right: bool
    view: str


def rotation_about(axis: Array, angle: float) -> Array:
    """Rotation matrix about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def bone_transforms(hand: HandMesh, curled: bool, random: np.random.Generator) -> Array:
    """One [4, 4] transform for each of the 16 bones."""
    transforms = np.tile(np.eye(4), (16, 1, 1))
    grip = random.beta(1.5, 1.5) if curled else random.beta(1.2, 2.5)  # fingers curl together, each deviates
    for finger in range(5):
        limits = (THUMB_CURLED if curled else THUMB_OPEN) if finger == 0 else (CURLED if curled else OPEN)
        knuckle, middle = (low + (high - low) * np.clip(grip + random.normal(0, 0.12), 0, 1) for low, high in limits)
        frame = hand.nails.frame[finger]
        current = np.eye(4)
        for bone, angle in enumerate((knuckle, middle, middle * 2 / 3)):
            turn = rotation_about(frame[:, 1], angle)
            if bone == 0:
                turn = turn @ rotation_about(frame[:, 2], random.uniform(-SPREAD, SPREAD))
            pivot = hand.joints[finger, bone]
            step = np.eye(4)
            step[:3, :3], step[:3, 3] = turn, pivot - turn @ pivot
            current = current @ step
            transforms[1 + finger * 3 + bone] = current
    return transforms


def moved_by(transforms: Array, points: Array) -> Array:
    """[N, 4, 4] transforms on points [N, 3]."""
    return np.asarray(np.einsum("nij,nj->ni", transforms[:, :3, :3], points) + transforms[:, :3, 3])


def view_rotation(hand: HandMesh, view: str, random: np.random.Generator) -> Array:
    """Mesh to camera: one side of the hand, tilted, turned freely in the picture."""
    forward = unit(hand.joints[2, 3] - hand.joints[2, 0])
    up = hand.nails.frame[1:4, :, 2].mean(0)
    up = unit(up - forward * (up @ forward))
    facing = np.stack([np.cross(forward, up), -forward, -up])
    if view == "palm":
        facing = rotation_about(np.array([0.0, 1.0, 0.0]), np.pi) @ facing
    least, most = (np.pi / 3, np.pi / 2) if view == "side" else (0.0, np.pi / 3)
    tilt_axis = random.uniform(0, 2 * np.pi)
    tilt = rotation_about(np.array([np.cos(tilt_axis), np.sin(tilt_axis), 0]), random.uniform(least, most))
    roll = rotation_about(np.array([0.0, 0.0, 1.0]), random.uniform(-np.pi, np.pi))
    return np.asarray(roll @ tilt @ facing)


def pose(hand: HandMesh, random: np.random.Generator) -> PosedHand:
    """A left or (mirrored) right hand in a random pose and view."""
    view = str(random.choice(list(VIEWS), p=list(VIEWS.values())))
    transforms = bone_transforms(hand, view == "palm" or (view == "side" and random.random() < 0.4), random)
    blended = np.einsum("vb,bij->vij", hand.weights, transforms)
    turn = view_rotation(hand, view, random)
    right = bool(random.random() < 0.5)
    mirror = np.array([-1.0 if right else 1.0, 1.0, 1.0])
    shape = random.uniform(0.9, 1.1, 3)  # slender to broad along the mesh's own axes
    last = transforms[[3, 6, 9, 12, 15]]
    beds = moved_by(last, hand.nails.base)
    origin = beds.mean(0)

    def place(points: Array) -> Array:
        return np.asarray(((points - origin) * shape) @ turn.T * mirror)

    first = transforms[[1, 4, 7, 10, 13]]
    rings = np.stack([moved_by(first, hand.joints[:, 0]), moved_by(first, hand.joints[:, 1])], 1)
    knuckles = hand.joints[1:, 0].mean(0)
    root = hand.joints[0, 0]
    wrist = np.stack([root + (root - knuckles) * 0.35, root + (root - knuckles) * 1.2])
    # A stretched frame is made orthonormal again, axis first; mirroring turns 'across' round, so it stays right-handed.
    stretched = np.asarray(mirror[:, None] * (turn @ (shape[:, None] * (last[:, :3, :3] @ hand.nails.frame))))
    axis = unit(stretched[:, :, 0])
    normal = unit(np.asarray(np.cross(axis, stretched[:, :, 1]) * (-1.0 if right else 1.0)))
    frame = np.stack([axis, np.cross(normal, axis), normal], axis=2)
    nails = Nails(place(beds), frame, hand.nails.size)
    return PosedHand(place(moved_by(blended, hand.vertices)), nails, place(wrist), place(rings), right, view)
