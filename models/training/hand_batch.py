"""Batches for `hand_detector`: photos fitted into a square, some shared by two, some without a hand."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.data import augmentation as augment
from models.data.hands import MAX_HANDS, HandSet
from models.spec import HAND_DETECTOR

SIZE = int(HAND_DETECTOR.constants["size"])
STRIDE = int(HAND_DETECTOR.constants["stride"])
CELLS = SIZE // STRIDE
STRONG = 0.35  # share of a hand's box in view from which on the part in view is a hand with a box
GONE = 0.02  # share under which nothing of it is in view
HAND_PHOTOS = 0.4  # share of the batch


@dataclass(frozen=True)
class Crop:
    """One kind of training crop."""

    batch: int
    zoom: tuple[float, float]  # 1: the photo fits the input, log-uniform
    taps: int  # samples a side of an output pixel


@dataclass
class Truth:
    """What is known about the hands of a batch, in output pixels. K hands, two photos' worth."""

    strong: Tensor  # [N, K] bool: the hand's box in view is known
    weak: Tensor  # [N, K] bool: only its nails are
    box: Tensor  # [N, K, 4] the part in view: of the hand if strong, of its nails if weak
    around: Tensor  # [N, K, 4] weak: where some cell has to find it
    window: Tensor  # [N, K, 4] the part of the picture that belongs to the hand's photo
    open: Tensor  # [N, CELLS, CELLS] bool: cells where a hand may or may not be


def inside(boxes: Tensor) -> Tensor:
    """[N, K, 4] -> [N, K, CELLS, CELLS] bool: the cells whose centres lie in each box."""
    center = (torch.arange(CELLS, device=boxes.device) + 0.5) * STRIDE
    across = (center > boxes[..., :1]) & (center < boxes[..., 2:3])
    down = (center > boxes[..., 1:2]) & (center < boxes[..., 3:])
    return down[..., :, None] & across[..., None, :]


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp_min(0).prod(-1)


def _grown(boxes: Tensor, by: Tensor, window: Tensor) -> Tensor:
    return _clipped(torch.cat([boxes[..., :2] - by[..., None], boxes[..., 2:] + by[..., None]], -1), window)


def _clipped(boxes: Tensor, window: Tensor) -> Tensor:
    low, high = window[..., :2], window[..., 2:]
    return torch.cat([boxes[..., :2].maximum(low).minimum(high), boxes[..., 2:].minimum(high).maximum(low)], -1)


def _hull(points: Tensor, radius: Tensor, counts: Tensor) -> Tensor:
    """Boxes [N, K, 4] of the discs [N, K, P] that count; turned inside out where none does."""
    r = radius[..., None]
    low = torch.where(counts[..., None], points - r, math.inf).amin(2)
    high = torch.where(counts[..., None], points + r, -math.inf).amax(2)
    return torch.cat([low.nan_to_num(posinf=1e4), high.nan_to_num(neginf=-1e4)], -1)


def _warps(photos: HandSet, index: Tensor, crop: Crop) -> Tensor:
    """[N, 2, 3] random affines, output px -> photo px."""
    device, n = index.device, len(index)
    zoom = torch.exp(augment.uniform((n,), math.log(crop.zoom[0]), math.log(crop.zoom[1]), device))
    scale = photos.size[index].amax(1) / SIZE / zoom
    # A box stays tight under quarter turns only; discs under any.
    quarter = torch.randint(0, 4, (n,), device=device) * (torch.pi / 2) + 0.12 * torch.randn(n, device=device)
    slight = 0.25 * torch.randn(n, device=device)
    anyhow = torch.where(torch.rand(n, device=device) < 0.6, augment.random_angle(n, device), slight)
    angle = torch.where(photos.boxed[index], quarter, anyhow)
    size = photos.size[index]
    hand = (torch.rand(n, device=device) * photos.present[index].sum(1)).long()
    on_hand = (torch.rand(n, device=device) < 0.6) & photos.present[index].any(1)
    source = torch.where(on_hand[:, None], photos.points[index, hand].mean(1), size / 2)
    target = torch.where(
        on_hand[:, None], augment.uniform((n, 2), 0.2, 0.8, device), 0.5 + 0.06 * torch.randn(n, 2, device=device)
    )
    return augment.similarity(scale, angle, augment.random_flip(n, device), source, target * SIZE)


def _whole(n: int, device: torch.device) -> Tensor:
    """[N, 4] the whole picture. Made on the device: a CUDA graph may not copy from the host."""
    return torch.full((n, 1), float(SIZE), device=device) * (torch.arange(4, device=device) > 1)


def _windows(n: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """[N, 4] the part of each picture that is its own photo's, and [N] whose photo has the rest (itself: nobody's).

    The first quarter of the batch shares its pictures with the second: two hands of two people.
    """
    whole = _whole(n, device)
    partner = torch.arange(n, device=device)
    shared = n // 4
    cut = SIZE * augment.uniform((shared,), 0.3, 0.7, device)
    side = torch.randint(0, 4, (shared,), device=device)
    first = whole[:shared].clone()
    for edge in range(4):
        first[:, edge] = torch.where(side == (edge + 2) % 4, cut, first[:, edge])
    whole[:shared] = first
    partner[:shared] += shared
    return whole, partner


def _rest(window: Tensor) -> Tensor:
    """What a window cut at one edge leaves of the square."""
    x0, y0, x1, y1 = window.unbind(1)
    low, high = torch.zeros_like(x0), torch.full_like(x0, SIZE)
    left, top = x0 > 0, y0 > 0
    right, bottom = x1 < SIZE, y1 < SIZE
    return torch.stack(
        [
            torch.where(right, x1, low),
            torch.where(bottom, y1, low),
            torch.where(left, x0, high),
            torch.where(top, y0, high),
        ],
        1,
    )


def batch(photos: HandSet, hand_photos: int, crop: Crop) -> tuple[Tensor, Truth]:
    """Normalised pictures [N, 3, SIZE, SIZE] and their truth. The first `hand_photos` photos are of the hand set."""
    device, n = photos.pixels.device, crop.batch
    of_hands = torch.rand(n, device=device) < HAND_PHOTOS
    draw = torch.rand(n, device=device)
    index = torch.where(of_hands, draw * hand_photos, hand_photos + draw * (len(photos) - hand_photos)).long()
    index = index.clamp_max(len(photos) - 1)
    affine = _warps(photos, index, crop)
    inverse = augment.invert(affine)
    clean = augment.picture(photos.pixels, index, affine, SIZE, crop.taps)[0]

    points = augment.apply(inverse, photos.points[index].flatten(1, 2)).view(n, MAX_HANDS, -1, 2)
    radius = photos.radius[index] / (affine[:, :, 0].norm(dim=1))[:, None, None]
    present, sure, complete = photos.present[index], photos.sure[index], photos.complete[index]

    # The last sixteenth is no photo at all, the sixteenth before it a photo whose hands are painted over.
    sixteenth = n // 16
    if sixteenth:
        clean = torch.cat([clean[:-sixteenth], _backdrop(sixteenth, device)])
        present = torch.cat([present[:-sixteenth], torch.zeros_like(present[-sixteenth:])])
        complete = torch.cat([complete[:-sixteenth], torch.ones_like(complete[-sixteenth:])])
        part = slice(n - 2 * sixteenth, n - sixteenth)
        known = complete[part] & (sure[part] | ~present[part]).all(1)
        hulls = _hull(points[part], radius[part], present[part][..., None].expand_as(radius[part]))
        margin = 0.1 * (hulls[..., 2:] - hulls[..., :2]).amax(-1).clamp(0, SIZE)
        over = _pixels_inside(_grown(hulls, margin, _whole(1, device)[:, None]))
        over = over & known[:, None, None, None]
        covered = torch.where(over, _backdrop(sixteenth, device), clean[part])
        clean = torch.cat([clean[: part.start], covered, clean[part.stop :]])
        kept = present[part] & ~known[:, None]
        present = torch.cat([present[: part.start], kept, present[part.stop :]])

    window, partner = _windows(n, device)
    other = _rest(window)
    shared = (partner != torch.arange(n, device=device))[:, None]
    mine = _pixels_inside(window[:, None])
    clean = torch.where(mine, clean, clean[partner])
    images = augment.erase(augment.degrade(augment.photometric(clean)), 0.2, 0.05, 0.3)

    truth = _truth(
        torch.cat([points, points[partner]], 1),
        torch.cat([radius, radius[partner]], 1),
        torch.cat([photos.is_nail[index], photos.is_nail[index][partner]], 1),
        torch.cat([present, present[partner] & shared], 1),
        torch.cat([sure, sure[partner]], 1),
        torch.cat([window[:, None].expand(-1, MAX_HANDS, -1), other[:, None].expand(-1, MAX_HANDS, -1)], 1),
    )
    unknown = torch.stack([~complete, ~complete[partner] & shared[:, 0]], 1)
    places = inside(torch.stack([window, other], 1))
    truth.open |= (places & unknown[:, :, None, None]).any(1)
    return augment.normalise(images).contiguous(memory_format=torch.channels_last), truth


def _pixels_inside(boxes: Tensor) -> Tensor:
    """[N, K, 4] -> [N, 1, SIZE, SIZE] bool: the pixels in any of the boxes."""
    center = torch.arange(SIZE, device=boxes.device) + 0.5
    across = (center > boxes[..., :1]) & (center < boxes[..., 2:3])
    down = (center > boxes[..., 1:2]) & (center < boxes[..., 3:])
    return (down[..., :, None] & across[..., None, :]).any(1, keepdim=True)


def _backdrop(n: int, device: torch.device) -> Tensor:
    """[N, 3, SIZE, SIZE] smooth random colours with some noise, 0..1."""
    coarse = torch.rand(n, 3, 4, 4, device=device) * torch.rand(n, 1, 1, 1, device=device)
    fine = torch.rand(n, 3, 24, 24, device=device) * torch.rand(n, 1, 1, 1, device=device) * 0.4
    level = torch.rand(n, 3, 1, 1, device=device)
    waves = functional.interpolate(coarse, size=SIZE, mode="bilinear") - coarse.mean((2, 3), keepdim=True)
    grain = functional.interpolate(fine, size=SIZE, mode="bilinear") - fine.mean((2, 3), keepdim=True)
    noise = torch.randn(n, 3, SIZE, SIZE, device=device) * torch.rand(n, 1, 1, 1, device=device) * 0.1
    return (level + waves + grain + noise).clamp(0, 1)


def _truth(points: Tensor, radius: Tensor, is_nail: Tensor, present: Tensor, sure: Tensor, window: Tensor) -> Truth:
    everything = torch.ones_like(is_nail)
    hull = _hull(points, radius, everything)
    visible = _clipped(hull, window)
    share = _area(visible) / _area(hull).clamp_min(1)
    in_view = (points > window[:, :, None, :2]).all(-1) & (points < window[:, :, None, 2:]).all(-1)
    nails = is_nail & in_view & (radius > 2)
    strong = present & sure & (share >= STRONG)
    weak = present & ~strong & nails.any(2)
    nail_box = _clipped(_hull(points, radius, nails), window)
    size = (radius * nails).sum(2) / nails.sum(2).clamp_min(1)
    around = _grown(nail_box, (3 * size).clamp_min(12), window)
    vague = present & ~strong & ~weak & (share > GONE)
    near = inside(_grown(nail_box, (8 * size).clamp_min(24), window)) & weak[..., None, None]
    far = inside(visible) & vague[..., None, None]
    box = torch.where(strong[..., None], visible, nail_box)
    return Truth(strong, weak, box, around, window, (near | far).any(1))
