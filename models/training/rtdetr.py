"""One training step of `nail_rtdetr`: crops of photos and renders, and the check on `val`."""

import math
from argparse import Namespace
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from models.data import augmentation as augment
from models.data.instance_masks import Instances, instances
from models.data.photos import PhotoSet, join, load_photos
from models.training.detections import full_frames, regions, score
from models.training.relabel import relabel
from models.training.set_loss import denoising, set_loss
from models.training.task import Task

NAILS = 10  # most that a crop teaches


@dataclass(frozen=True)
class Crop:
    """One kind of training crop."""

    size: int  # px, square
    batch: int
    share: float  # of the steps
    zoom: tuple[float, float]  # photo px per output px, log-uniform
    taps: int = 1  # samples a side of an output pixel
    region: float = 0.0  # share of crops that are a hand's ROI: all nails and a margin


CROPS = (
    Crop(256, 64, 0.6, (0.5, 1.3), region=0.6),  # what the tracker sends
    Crop(256, 64, 0.1, (1.2, 2.0), taps=2),  # whole photos, small
    Crop(448, 24, 0.3, (0.65, 1.2)),  # whole photos
)


def batch(photos: PhotoSet, chance: Tensor, crop: Crop) -> tuple[Tensor, Instances]:
    """Normalised crops [N, 3, S, S] and the nails in them. chance [M]: each photo's weight in the draw."""
    device, n, size = photos.pixels.device, crop.batch, crop.size
    index = torch.searchsorted(chance.cumsum(0), torch.rand(n, device=device) * chance.sum()).clamp_max(len(photos) - 1)
    present = photos.present[index]
    some = present.any(1)
    scale = torch.exp(augment.uniform((n,), math.log(crop.zoom[0]), math.log(crop.zoom[1]), device))
    turned = torch.rand(n, device=device) < 0.4
    angle = torch.where(turned, augment.random_angle(n, device), 0.25 * torch.randn(n, device=device))

    # Around a random nail most of the time, else around a random point of the photo.
    nail = photos.center[index, (torch.rand(n, device=device) * present.sum(1)).long()]
    near = (torch.rand(n, device=device) < 0.6) & some
    source = torch.where(near[:, None], nail, photos.size[index] * augment.uniform((n, 2), 0.3, 0.7, device))
    target = size * augment.uniform((n, 2), 0.2, 0.8, device)
    target = torch.where(near[:, None], target, torch.full_like(target, size / 2))

    # A hand's ROI: from the nails alone (10 % of padding) to the whole hand around them.
    reach = photos.extent[index].amax(2) / 2
    low = torch.where(present[..., None], photos.center[index] - reach[..., None], math.inf).amin(1)
    high = torch.where(present[..., None], photos.center[index] + reach[..., None], -math.inf).amax(1)
    side = (high - low).amax(1) * torch.exp(augment.uniform((n,), math.log(1.05), math.log(2.2), device))
    side = side.nan_to_num(size, size, size).clamp_min(48.0)
    middle = (low + high) / 2 + side[:, None] * augment.uniform((n, 2), -0.15, 0.15, device)
    whole = (torch.rand(n, device=device) < crop.region) & some
    scale = torch.where(whole, side / size, scale)
    source = torch.where(whole[:, None], middle.nan_to_num(0, 0, 0), source)
    target = torch.where(whole[:, None], torch.full_like(target, size / 2), target)

    affine = augment.similarity(scale, angle, augment.random_flip(n, device), source, target)
    seen = augment.view(photos, index, affine, size, crop.taps)
    images = augment.paint_nails(seen.image, seen.nails[:, None], 0.3)
    images = augment.erase(augment.degrade(augment.photometric(images)), 0.15)
    truth = instances(photos, index, affine, size, NAILS)
    return augment.normalise(images).contiguous(memory_format=torch.channels_last), truth


def loss(
    net: nn.Module, photos: PhotoSet, chance: Tensor, crop: Crop, autocast: bool | None = None, denoised: bool = True
) -> Tensor:
    """One batch of one kind of crop. autocast: bfloat16 where it is safe; None: on a GPU. See `set_loss`."""
    with torch.no_grad():
        images, truth = batch(photos, chance, crop)
        noise = denoising(truth)
    with torch.autocast(images.device.type, torch.bfloat16, enabled=images.is_cuda if autocast is None else autocast):
        prediction = net.predict(images, noise)  # type: ignore[operator]
    return set_loss(prediction, truth, denoised)


def validate(net: nn.Module, val: PhotoSet) -> dict[str, float]:
    """Masks, recall and precision on whole photos at 448 and on ROIs at 256, and the slots' fingers."""
    found = {}
    for name, frames in (("full", full_frames(val, 448)), ("roi", regions(val, 256))):
        found.update({f"{name} {key}": value for key, value in score(net, val, *frames).items()})
    return found


def task(options: Namespace) -> Task:
    """Photos, and renders if there are any, on the training device."""
    meta = options.data / "meta.json"
    photos = load_photos([options.data / name for name in options.train], meta, options.limit)
    photos = photos.to(options.device)
    if options.relabel:
        print(f"{relabel(photos, options.relabel)} nails with the masks of {options.relabel.name}", flush=True)
    chance = torch.full((len(photos),), 1 / max(1, len(photos)))
    if options.renders:
        labels = options.data / "renders.json"
        renders = load_photos([options.data / name for name in options.renders], labels if labels.exists() else meta)
        photos = join(photos, renders.to(options.device))
        share = options.render_share
        chance = torch.cat([chance * (1 - share), torch.full((len(renders),), share / len(renders))])
    print(f"{len(photos)} training pictures, {int(photos.present.sum())} nails", flush=True)
    chance = chance.to(options.device)
    val = load_photos([options.data / name for name in options.val], meta, options.limit).to(options.device)
    crops = [replace(crop, batch=options.batch) for crop in CROPS] if options.batch else list(CROPS)
    return Task(
        losses=[
            partial(loss, photos=photos, chance=chance, crop=crop, denoised=not options.no_denoising) for crop in crops
        ],
        shares=[crop.share for crop in crops],
        validate=partial(validate, val=val),
    )
