"""Poses a hand: flexes three bones a finger within joint limits, then turns it before the camera.

Camera frame: x right, y down, z away from the camera, decimetres.
"""

import numpy as np

from models.data.renders.mesh import Array, HandMesh, Nails, unit

# Flexion of the knuckle and the middle joint in radians against the mesh's relaxed rest pose; the last joint follows
# the middle one at two thirds, as its tendon does in the living hand.
FLEXION = ((-0.25, 0.8), (-0.15, 1.0))
THUMB_FLEXION = ((-0.2, 0.25), (-0.25, 0.5))
SPREAD = 0.16  # radians to each side


def rotation_about(axis: Array, angle: float) -> Array:
    """Rotation matrix about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def bone_transforms(hand: HandMesh, random: np.random.Generator) -> Array:
    """One [4, 4] transform for each of the 16 bones."""
    transforms = np.tile(np.eye(4), (16, 1, 1))
    grip = random.beta(1.2, 2.5)  # fingers curl together, each with its own deviation
    for finger in range(5):
        limits = THUMB_FLEXION if finger == 0 else FLEXION
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


def posed(hand: HandMesh, random: np.random.Generator) -> tuple[Array, Nails]:
    """Skinned vertices [V, 3] and nail beds after flexing, still in the mesh's coordinates."""
    transforms = bone_transforms(hand, random)
    homogeneous = np.concatenate([hand.vertices, np.ones((len(hand.vertices), 1))], axis=1)
    vertices = np.einsum("vb,bij,vj->vi", hand.weights, transforms[:, :3], homogeneous)
    last = transforms[[3, 6, 9, 12, 15]]
    base = np.einsum("fij,fj->fi", last[:, :3, :3], hand.nails.base) + last[:, :3, 3]
    return vertices, Nails(base, last[:, :3, :3] @ hand.nails.frame, hand.nails.size)


def view_rotation(hand: HandMesh, random: np.random.Generator) -> Array:
    """Mesh to camera: the back of the hand, tilted at most 60 degrees, turned freely in the picture."""
    forward = unit(hand.joints[2, 3] - hand.joints[2, 0])
    up = hand.nails.frame[1:4, :, 2].mean(0)
    up = unit(up - forward * (up @ forward))
    facing = np.stack([np.cross(forward, up), -forward, -up])
    tilt_axis = random.uniform(0, 2 * np.pi)
    tilt = rotation_about(np.array([np.cos(tilt_axis), np.sin(tilt_axis), 0]), random.uniform(0, np.pi / 3))
    roll = rotation_about(np.array([0.0, 0.0, 1.0]), random.uniform(-np.pi, np.pi))
    return np.asarray(roll @ tilt @ facing)


def before_camera(hand: HandMesh, random: np.random.Generator) -> tuple[Array, Nails, bool]:
    """Vertices and nails in the camera's frame, and whether it became a right hand (mirrored)."""
    vertices, nails = posed(hand, random)
    turn = view_rotation(hand, random)
    right = bool(random.random() < 0.5)
    mirror = np.array([-1.0 if right else 1.0, 1.0, 1.0])
    # Hand shape: slender to broad across the picture's own axes of the mesh, and overall size.
    shape = random.uniform(0.9, 1.1, 3)
    fingertips = nails.base.mean(0) * 0.7 + hand.joints[:, 0].mean(0) * 0.3
    distance = random.uniform(1.7, 4.5)
    offset = np.array([*random.uniform(-0.12, 0.12, 2) * distance, distance])
    moved = ((vertices - fingertips) * shape) @ turn.T * mirror + offset
    base = ((nails.base - fingertips) * shape) @ turn.T * mirror + offset
    # A stretched frame is made orthonormal again, axis first; mirroring turns 'across' round, so it stays right-handed.
    stretched = np.asarray(mirror[:, None] * (turn @ (shape[:, None] * nails.frame)), dtype=np.float64)
    axis = unit(stretched[:, :, 0])
    normal = unit(np.asarray(np.cross(axis, stretched[:, :, 1]) * (-1.0 if right else 1.0), dtype=np.float64))
    frame = np.stack([axis, np.cross(normal, axis), normal], axis=2)
    return moved, Nails(base, frame, nails.size), right
