"""Rotations of rendered nails: turned into a patch's frame, their loss, their error in degrees."""

import json
from argparse import Namespace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import MAX_NAILS, PhotoSet, load_photos
from models.spec import NAIL_PATCH
from models.training.sets import upright

SIZE = int(NAIL_PATCH.constants["patch_size"])
SIDE_FACTOR = NAIL_PATCH.constants["side_factor"]
VISIBLE = 0.5  # least visible share of a nail whose rotation is scored


def rows_of(tar: Path, meta: Path) -> Path:
    """renders.json for renders.tar (models.data.renders writes it beside); `meta` where there is none."""
    beside = tar.with_suffix(".json")
    return beside if tar.suffix and beside.exists() else meta


def load_renders(options: Namespace, name: str) -> tuple[PhotoSet, Tensor]:
    """The renders of the tar options.data / name, and their rotations [N, K, 6], 0 where unknown."""
    tar = options.data / name
    rows = rows_of(tar, options.data / "meta.json")
    photos = load_photos([tar], rows, options.limit)
    known = {row["id"]: row.get("nails", []) for row in json.loads(rows.read_text())}
    table = torch.zeros(len(photos), MAX_NAILS, 6)
    for index, identity in enumerate(photos.ids):
        by_label = {nail["label"]: nail for nail in known.get(identity, []) if "rotation_6d" in nail}
        for place, label in enumerate(photos.label[index].tolist()):
            if photos.present[index, place] and label in by_label and by_label[label]["visible"] >= VISIBLE:
                table[index, place] = torch.tensor(by_label[label]["rotation_6d"])
    return photos.to(options.device), table.to(options.device)


def matrix(six: Tensor) -> Tensor:
    """[N, 6] -> rotation matrices [N, 3, 3] by Gram-Schmidt: columns axis, across, outward normal."""
    axis = functional.normalize(six[:, :3], dim=1)
    across = functional.normalize(six[:, 3:] - (axis * six[:, 3:]).sum(1, keepdim=True) * axis, dim=1)
    return torch.stack([axis, across, torch.linalg.cross(axis, across)], 2)


def degrees_between(first: Tensor, second: Tensor) -> Tensor:
    """Geodesic distance [N] of rotation matrices [N, 3, 3] in degrees."""
    trace = (first * second).sum((1, 2))
    return torch.rad2deg(torch.arccos(((trace - 1) / 2).clamp(-1, 1)))


def in_patch(six: Tensor, affine: Tensor) -> Tensor:
    """Rotations [N, 6] of photos, in the frames of patches whose affines [N, 2, 3] lead to the photos.

    A mirrored patch shows the mirrored nail: its axis and normal are mirrored, and across follows from them, so that
    the frame stays right-handed.
    """
    linear = augment.invert(affine)[:, :, :2]
    linear = (
        linear / (linear[:, 0, 0] * linear[:, 1, 1] - linear[:, 0, 1] * linear[:, 1, 0]).abs().sqrt()[:, None, None]
    )
    turn = torch.zeros(len(six), 3, 3, device=six.device)
    turn[:, :2, :2] = linear
    turn[:, 2, 2] = 1
    frame = turn @ matrix(six)
    axis, normal = frame[:, :, 0], frame[:, :, 2]
    return torch.cat([axis, torch.linalg.cross(normal, axis)], 1)


def rotation_loss(predicted: Tensor, goal: Tensor, known: Tensor) -> Tensor:
    """Mean absolute error of the six numbers, where known [N]."""
    error = functional.smooth_l1_loss(predicted, goal, reduction="none", beta=0.05).sum(1)
    return (error * known).sum() / known.sum().clamp_min(1)


@torch.no_grad()
def median_error(net: nn.Module, photos: PhotoSet, rotations: Tensor) -> float:
    """Median geodesic error in degrees, given the true centre and size and an upright patch; nan without a nail."""
    net = net.to(photos.pixels.device).eval()
    errors = []
    for part in (photos.present & (rotations.abs().sum(2) > 0)).nonzero().split(256):
        photo, nail = part[:, 0], part[:, 1]
        affine = upright(photos, photo, nail)
        predicted = net(augment.normalise(augment.view(photos, photo, affine, SIZE).image))[3]
        goal = in_patch(rotations[photo, nail], affine)
        errors.append(degrees_between(matrix(predicted.float()), matrix(goal)))
    return float(torch.cat(errors).median()) if errors else float("nan")
