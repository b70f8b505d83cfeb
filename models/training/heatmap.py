"""Training of `nail_heatmap` and its teacher: crops of photos, Gaussian targets, CenterNet-style losses."""

import math
from argparse import Namespace
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import PhotoSet, load_photos
from models.losses import heatmap_focal, learn_heatmap, masked_mean
from models.networks import load
from models.spec import NAIL_HEATMAP
from models.training import peaks
from models.training.examples import peak_examples
from models.training.rotation import load_renders
from models.training.sets import train_and_val
from models.training.task import Task

STRIDE = int(NAIL_HEATMAP.constants["stride"])
SIZE_UNIT = NAIL_HEATMAP.constants["size_unit"]


@dataclass(frozen=True)
class Crop:
    """One kind of training crop."""

    size: int  # px, square
    batch: int
    zoom: tuple[float, float]  # output px per photo px, log-uniform
    taps: int  # samples a side of an output pixel


# Whole photos at the still tiers, and hand ROIs at the tracking tier.
CROPS = (Crop(384, 48, (0.75, 2.2), 1), Crop(256, 64, (0.45, 1.3), 2), Crop(448, 32, (0.85, 2.0), 1))
SHARES = (0.4, 0.35, 0.25)
UNLABELLED_SHARE = 0.25  # of the steps, where there are such photos


def task(options: Namespace) -> Task:
    """See `Task`. With --teacher, the teacher's word counts as much as the labels, and alone where there are none."""
    device = options.device
    photos, val = train_and_val(options)
    teacher = load("nail_heatmap_teacher", options.teacher).to(device) if options.teacher else None
    crops = [replace(crop, batch=options.batch or crop.batch) for crop in CROPS]
    losses = [partial(loss, photos=photos, crop=crop, teacher=teacher) for crop in crops]
    shares = list(SHARES)
    if options.unlabelled and teacher is not None:
        more = load_photos([options.data / name for name in options.unlabelled], None, options.limit).to(device)
        losses += [partial(learn, photos=more, crop=crop, teacher=teacher) for crop in crops]
        shares = [s * (1 - UNLABELLED_SHARE) for s in SHARES] + [s * UNLABELLED_SHARE for s in SHARES]
    for name in options.renders:
        renders, _ = load_renders(options, name)
        part = options.render_share / len(options.renders)
        losses += [partial(loss, photos=renders, crop=crop) for crop in crops]
        shares += [s * part / (1 - options.render_share) for s in SHARES]

    def validate(net: nn.Module) -> dict[str, float]:
        figures: dict[str, float] = {}
        for threshold in (0.2, 0.3, 0.4):
            recall, precision = peaks.recall_precision(net, val, threshold)
            figures |= {f"recall of peaks over {threshold}": recall, f"precision of peaks over {threshold}": precision}
        return figures

    return Task(losses, shares, validate, partial(peak_examples, photos=val))


def batch(photos: PhotoSet, crop: Crop) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Normalised crops [N, 3, S, S], the same before light and camera spoiled them, and where the nails are in them."""
    device, n = photos.pixels.device, crop.batch
    index = torch.randint(0, len(photos), (n,), device=device)
    scale = torch.exp(-augment.uniform((n,), math.log(crop.zoom[0]), math.log(crop.zoom[1]), device))
    turned = torch.rand(n, device=device) < 0.5
    angle = torch.where(turned, augment.random_angle(n, device), 0.25 * torch.randn(n, device=device))
    flip = augment.random_flip(n, device)
    size = photos.size[index]
    # Look around a random nail half of the time, else around a random point of the photo.
    nail = photos.center[index, (torch.rand(n, device=device) * photos.present[index].sum(1)).long()]
    near_nail = (torch.rand(n, device=device) < 0.5) & photos.present[index].any(1)
    source = torch.where(near_nail[:, None], nail, size * augment.uniform((n, 2), 0.3, 0.7, device))
    target = crop.size * augment.uniform((n, 2), 0.2, 0.8, device)
    target = torch.where(near_nail[:, None], target, torch.full_like(target, crop.size / 2))
    affine = augment.similarity(scale, angle, flip, source, target)
    inverse = augment.invert(affine)

    seen = augment.view(photos, index, affine, crop.size, crop.taps)
    clean = augment.paint_nails(seen.image, seen.nails[:, None], 0.3)
    images = augment.erase(augment.degrade(augment.photometric(clean)), 0.15)

    def turn(vectors: Tensor) -> Tensor:
        moved = vectors @ inverse[:, :, :2].transpose(1, 2)
        return moved / moved.norm(dim=2, keepdim=True).clamp_min(1e-6)

    center = augment.apply(inverse, photos.center[index])
    inside = photos.present[index] & (center > 0).all(2) & (center < crop.size).all(2)
    truth = {
        "inside": inside,
        "center": center,
        "extent": photos.extent[index] / scale[:, None, None],
        "direction": turn(photos.direction[index]),
        "axis_known": photos.axis_known[index],
        "finger": photos.finger[index],
        "complete": photos.fingers_complete[index],
    }
    images, clean = (augment.normalise(x).contiguous(memory_format=torch.channels_last) for x in (images, clean))
    return images, clean, truth


def _run(net: nn.Module, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    with torch.autocast(images.device.type, torch.bfloat16, enabled=images.is_cuda):
        heatmap, geometry, visible = net(images)
    return heatmap.float(), geometry.float(), visible.float()


def learn(net: nn.Module, photos: PhotoSet, crop: Crop, teacher: nn.Module) -> Tensor:
    """The teacher's word alone, on photos without labels."""
    images, clean, _ = batch(photos, crop)
    with torch.no_grad():
        taught = _run(teacher, clean)
    return learn_heatmap(_run(net, images)[:2], taught[:2])


def loss(net: nn.Module, photos: PhotoSet, crop: Crop, teacher: nn.Module | None = None) -> Tensor:
    """Focal (class-agnostic: best channel) + finger cross-entropy + geometry + visibility (+ the teacher's word)."""
    images, clean, truth = batch(photos, crop)
    device = images.device
    heatmap, geometry, visible = _run(net, images)
    cells = crop.size // STRIDE
    n = len(images)

    position = truth["center"] / STRIDE - 0.5  # in cells: 0 is the centre of the first
    column = position[..., 0].round().clamp(0, cells - 1).long()
    row = position[..., 1].round().clamp(0, cells - 1).long()
    inside = truth["inside"].float()
    grid = torch.arange(cells, device=device, dtype=torch.float32)
    geometric_mean = truth["extent"].prod(2).sqrt()
    sigma = (geometric_mean / STRIDE / 6).clamp(0.7, 4.0)
    dx = (grid - position[..., :1]) ** 2  # [N, K, cells]
    dy = (grid - position[..., 1:]) ** 2
    spread = 2 * sigma[..., None] ** 2
    gaussians = torch.exp(-dy / spread)[..., :, None] * torch.exp(-dx / spread)[..., None, :]
    gaussians = gaussians * inside[..., None, None]
    target, owner = gaussians.max(1)
    flat = row * cells + column
    positive = (
        torch.zeros(n, cells * cells, device=device).scatter_reduce(1, flat, inside, "amax").view(n, cells, cells)
    )
    best = heatmap.amax(1)
    total = heatmap_focal(best, target, positive)

    def owned(values: Tensor) -> Tensor:
        """The owner's value at every cell: [N, K] -> [N, cells, cells]."""
        return values.gather(1, owner.flatten(1)).view(n, cells, cells)

    near = (target > 0.4).float()
    finger = owned(truth["finger"])
    named = near * (finger >= 0)
    entropy = functional.cross_entropy(heatmap, finger.clamp_min(0), reduction="none")
    total = total + 0.5 * masked_mean(entropy, named)

    length, width = truth["extent"][..., 0], truth["extent"][..., 1]
    direction = truth["direction"]
    double_cos = direction[..., 0] ** 2 - direction[..., 1] ** 2
    double_sin = 2 * direction[..., 0] * direction[..., 1]
    goals = torch.stack(
        [
            owned(position[..., 0]) - grid[None, None, :],
            owned(position[..., 1]) - grid[None, :, None],
            owned((length / SIZE_UNIT).clamp_min(0.05).log()),
            owned((width / SIZE_UNIT).clamp_min(0.05).log()),
            owned(double_cos),
            owned(double_sin),
        ],
        1,
    )
    error = functional.smooth_l1_loss(geometry, goals, reduction="none", beta=0.1)
    oriented = near * owned(truth["axis_known"].float())
    total = total + masked_mean(error[:, :2].sum(1), near) * 0.5
    total = total + masked_mean(error[:, 2:4].sum(1), near) + masked_mean(error[:, 4:].sum(1), oriented)

    seen = torch.zeros(n, 5, device=device).scatter_reduce(
        1, truth["finger"].clamp_min(0), inside * (truth["finger"] >= 0), "amax"
    )
    presence = functional.binary_cross_entropy_with_logits(visible, seen, reduction="none").mean(1)
    total = total + 0.1 * masked_mean(presence, truth["complete"].float())
    if teacher is None:
        return total
    with torch.no_grad():
        taught = _run(teacher, clean)
    return total + learn_heatmap((heatmap, geometry), taught[:2])
