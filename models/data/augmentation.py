"""Augmentation on the training device: similarity warps that match the core's sampler, light, colour and polish."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.data.photos import OUTSIDE, SIDE, PhotoSet
from models.spec import Normalisation

# One normalisation for every network so far (models.spec): mean 0.5, std 0.25.
MEAN, STD = Normalisation().mean[0], Normalisation().std[0]


def uniform(shape: tuple[int, ...], low: float, high: float, device: torch.device) -> Tensor:
    """Uniform random numbers in [low, high)."""
    return torch.rand(shape, device=device) * (high - low) + low


def similarity(scale: Tensor, angle: Tensor, flip: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """[N, 2, 3] affines, output px -> photo px, that put photo point `source` [N, 2] at output point `target` [N, 2].

    scale: photo px per output px; angle: radians the output is turned by; flip: -1 mirrors x, 1 does not.
    """
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    linear = torch.stack([torch.stack([cos * flip, -sin], 1), torch.stack([sin * flip, cos], 1)], 1)
    offset = source - (linear @ target[..., None])[..., 0]
    return torch.cat([linear, offset[..., None]], 2)


def invert(affine: Tensor) -> Tensor:
    """Inverse of [N, 2, 3] affines."""
    a, b, c, d = affine[:, 0, 0], affine[:, 0, 1], affine[:, 1, 0], affine[:, 1, 1]
    determinant = a * d - b * c
    linear = torch.stack([torch.stack([d, -b], 1), torch.stack([-c, a], 1)], 1) / determinant[:, None, None]
    return torch.cat([linear, -(linear @ affine[:, :, 2:])], 2)


def apply(affine: Tensor, points: Tensor) -> Tensor:
    """[N, 2, 3] affines on points [N, K, 2]."""
    return points @ affine[:, :, :2].transpose(1, 2) + affine[:, None, :, 2]


@dataclass
class View:
    """Photos seen through affines: everything sampled bilinearly at the same points."""

    image: Tensor  # [N, 3, S, S], 0..1; mid-grey (the normalised zero) outside the photo
    nails: Tensor  # [N, S, S] coverage of any nail, 0..1
    nail: Tensor  # [N, S, S] coverage of the nail asked for
    inside: Tensor  # [N, S, S] share of the photo


def picture(pixels: Tensor, index: Tensor, affine: Tensor, size: int, taps: int = 1) -> tuple[Tensor, Tensor]:
    """`View.image` and `View.inside` of photos whose pixels [M, SIDE, SIDE, 4] are as in `PhotoSet`. See `view`."""
    table = pixels.view(-1, 4)
    sums = torch.zeros(len(affine), 4, (size * taps) ** 2, device=affine.device)
    for flat, weight in _corners(index, _points(affine, size, taps)):
        pixel = table[flat]
        known = (pixel[..., 3] != OUTSIDE)[:, None]
        colour = pixel[..., :3].permute(0, 2, 1) / 255.0 - MEAN
        sums += torch.cat([colour, known.float()], 1) * (weight[:, None] * known)
    planes = _pooled(sums, size, taps)
    return planes[:, :3] + MEAN, planes[:, 3]


def view(
    photos: PhotoSet, index: Tensor, affine: Tensor, size: int, taps: int = 1, label: Tensor | None = None
) -> View:
    """Samples photos[index] [N] through affines [N, 2, 3] into size x size pixels.

    taps x taps samples a pixel, averaged: what `lunula_sample` does where an output pixel spans several photo pixels.
    label [N]: which nail `View.nail` shows.
    """
    image, inside = picture(photos.pixels, index, affine, size, taps)
    table = photos.pixels.view(-1, 4)[:, 3]
    sums = torch.zeros(len(affine), 2, (size * taps) ** 2, device=affine.device)
    for flat, weight in _corners(index, _points(affine, size, taps) + photos.label_shift[index, None, None]):
        labels = table[flat]
        wanted = labels == label[:, None] if label is not None else torch.zeros_like(labels, dtype=torch.bool)
        sums += torch.stack([(labels > 0) & (labels != OUTSIDE), wanted], 1) * weight[:, None]
    planes = _pooled(sums, size, taps)
    return View(image, planes[:, 0], planes[:, 1], inside)


def _points(affine: Tensor, size: int, taps: int) -> Tensor:
    """[N, P, 2] where the samples of size x size pixels lie in the photos, taps x taps a pixel."""
    steps = (torch.arange(size * taps, device=affine.device, dtype=torch.float32) + 0.5) / taps
    x, y = torch.meshgrid(steps, steps, indexing="xy")
    return apply(affine, torch.stack([x, y], -1).reshape(1, -1, 2).expand(len(affine), -1, -1))


def _corners(index: Tensor, points: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The four pixels around points [N, P, 2] of photos[index]: (row in the table of pixels, weight), each [N, P]."""
    corner = (points - 0.5).floor()
    fraction = points - 0.5 - corner
    corner = corner.long()
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = corner[..., 0] + dx, corner[..., 1] + dy
        within = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
        weight = (fraction[..., 0] if dx else 1 - fraction[..., 0]) * (fraction[..., 1] if dy else 1 - fraction[..., 1])
        yield (index[:, None] * SIDE + row.clamp(0, SIDE - 1)) * SIDE + column.clamp(0, SIDE - 1), weight * within


def _pooled(sums: Tensor, size: int, taps: int) -> Tensor:
    """[N, C, (size taps)^2] -> [N, C, size, size]."""
    planes = sums.view(*sums.shape[:2], size * taps, size * taps)
    return functional.avg_pool2d(planes, taps) if taps > 1 else planes


def paint_nails(images: Tensor, coverage: Tensor, probability: float) -> Tensor:
    """Recolours the nails of some images [N, 3, H, W] (0..1) by coverage [N, 1, H, W]: random polish, same shading."""
    n, device = len(images), images.device
    chosen = (torch.rand(n, 1, 1, 1, device=device) < probability).float()
    luminance = images.mean(1, keepdim=True)
    color = torch.rand(n, 3, 1, 1, device=device)
    contrast = uniform((n, 1, 1, 1), 0.3, 1.2, device)
    painted = (color + (luminance - 0.55) * contrast).clamp(0, 1)
    opacity = uniform((n, 1, 1, 1), 0.5, 1.0, device) * chosen
    return images + (painted - images) * coverage * opacity


def photometric(images: Tensor) -> Tensor:
    """Light, contrast, saturation, colour cast, gamma, blur and noise on images [N, 3, H, W], 0..1."""
    n, device = len(images), images.device

    def r(low: float, high: float, channels: int = 1) -> Tensor:
        return uniform((n, channels, 1, 1), low, high, device)

    x = images.clamp(1e-4, 1) ** torch.exp(r(-0.45, 0.45))
    # A light gradient across the picture, for side light and shade.
    height, width = x.shape[2:]
    ramp_x = torch.linspace(-1, 1, width, device=device)[None, None, None]
    ramp_y = torch.linspace(-1, 1, height, device=device)[None, None, :, None]
    x = x * (r(0.6, 1.35) + r(-0.2, 0.2) * ramp_x + r(-0.2, 0.2) * ramp_y)
    mean = x.mean((2, 3), keepdim=True)
    x = (x - mean) * r(0.65, 1.35) + mean
    grey = x.mean(1, keepdim=True)
    saturation = torch.where(
        torch.rand(n, 1, 1, 1, device=device) < 0.05, torch.zeros_like(grey[:, :, :1, :1]), r(0.5, 1.5)
    )
    x = (x - grey) * saturation + grey
    x = x * r(0.82, 1.18, 3)
    blurred = functional.avg_pool2d(functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    x = x + (blurred - x) * (r(-0.6, 1.0).clamp_min(-0.25))
    x = x + torch.randn_like(x) * r(-0.03, 0.05).clamp_min(0)
    return x.clamp(0, 1)


def degrade(images: Tensor) -> Tensor:
    """What cameras do to pictures [N, 3, H, W], 0..1: one eighth moves, one eighth is noisy, one sixteenth is dark.

    The first pictures of the batch are taken: its order is random already. Batches under 8 stay as they are.
    """
    n, device = len(images), images.device
    part = n // 8
    if not part:
        return images
    moved, noisy, dark, rest = images.split([part, part, part // 2, n - 2 * part - part // 2])
    moved = motion_blur(moved)
    noisy = noisy + torch.randn_like(noisy) * uniform((len(noisy), 1, 1, 1), 0.04, 0.13, device)
    light = uniform((len(dark), 1, 1, 1), 0.08, 0.4, device)
    shot = torch.randn_like(dark) * uniform((len(dark), 1, 1, 1), 0.0, 0.08, device)
    dark = ((dark + shot * dark.clamp_min(0).sqrt()) * light * 255).round() / 255
    return torch.cat([moved, noisy, dark, rest]).clamp(0, 1)


def motion_blur(images: Tensor, longest: int = 15) -> Tensor:
    """Images [N, 3, H, W] smeared along a straight line each, up to `longest` pixels (odd)."""
    n, device = len(images), images.device
    angle, half = random_angle(n, device)[:, None, None], uniform((n, 1, 1), 1.0, longest / 2, device)
    grid = torch.arange(longest, device=device) - longest // 2
    y, x = torch.meshgrid(grid, grid, indexing="ij")
    along = (x * torch.cos(angle) + y * torch.sin(angle)).abs()
    across = (y * torch.cos(angle) - x * torch.sin(angle)).abs()
    kernel = (half + 0.5 - along).clamp(0, 1) * (1 - across).clamp_min(0)
    kernel = kernel / kernel.sum((1, 2), keepdim=True)
    edge = longest // 2
    padded = functional.pad(images, (edge, edge, edge, edge), mode="replicate")
    flat = padded.reshape(1, n * 3, *padded.shape[2:])
    blurred = functional.conv2d(flat, kernel.repeat_interleave(3, 0)[:, None], groups=n * 3)
    return blurred.view_as(images)


def erase(images: Tensor, probability: float, least: float = 0.05, most: float = 0.25) -> Tensor:
    """Fills one random rectangle of some images with a random colour (random erasing, Zhong et al. 2017)."""
    n, _, height, width = images.shape
    device = images.device
    side = uniform((n, 2), least, most, device)
    corner = torch.rand(n, 2, device=device) * (1 - side)
    x = (torch.arange(width, device=device) + 0.5)[None] / width
    y = (torch.arange(height, device=device) + 0.5)[None] / height
    inside_x = (x > corner[:, :1]) & (x < corner[:, :1] + side[:, :1])
    inside_y = (y > corner[:, 1:]) & (y < corner[:, 1:] + side[:, 1:])
    hit = inside_y[:, None, :, None] & inside_x[:, None, None, :]
    hit = hit & (torch.rand(n, 1, 1, 1, device=device) < probability)
    return torch.where(hit, torch.rand(n, 3, 1, 1, device=device), images)


def normalise(images: Tensor) -> Tensor:
    """0..1 -> network input."""
    return (images - MEAN) / STD


def random_angle(n: int, device: torch.device) -> Tensor:
    """[n] angles in radians, all equally likely."""
    return uniform((n,), -math.pi, math.pi, device)


def random_flip(n: int, device: torch.device) -> Tensor:
    """[n] of -1 and 1."""
    return (torch.rand(n, device=device) < 0.5).float() * 2 - 1
