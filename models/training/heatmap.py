"""One training step of `nail_heatmap`: crops of photos, Gaussian targets, CenterNet-style losses."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import PhotoSet
from models.losses import heatmap_focal, masked_mean
from models.spec import NAIL_HEATMAP

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
CROPS = (Crop(384, 48, (0.75, 2.0), 1), Crop(256, 64, (0.45, 1.2), 2), Crop(448, 32, (0.85, 1.6), 1))


def batch(photos: PhotoSet, crop: Crop) -> tuple[Tensor, dict[str, Tensor]]:
    """Normalised crops [N, 3, S, S] and where the nails are in them."""
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
    images = augment.photometric(augment.paint_nails(seen.image, seen.nails[:, None], 0.3))
    images = augment.erase(images, 0.15)

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
    return augment.normalise(images).contiguous(memory_format=torch.channels_last), truth


def loss(net: nn.Module, photos: PhotoSet, crop: Crop) -> Tensor:
    """Focal (class-agnostic: best channel) + finger cross-entropy + geometry + visibility."""
    images, truth = batch(photos, crop)
    device = images.device
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        outputs = net(images)
    heatmap, geometry, visible = (x.float() for x in outputs)
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
    return total + 0.1 * masked_mean(presence, truth["complete"].float())
