"""Photos' masks as `nail_patch` sees them: what a second network can learn from the first.

The photos' own masks are polygons drawn by many hands, which agree with each other at 0.87. A small network cannot
learn by heart where each of them erred, so what it gives on the photos it learned from is nearer to what they agree on
(distillation, Hinton et al. 2015, with masks for classes).
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from models.data import augmentation as augment
from models.data.photos import SIDE, PhotoSet
from models.networks import load
from models.training.sets import PATCH, upright

AGREE = 0.75  # IoU with the label from which on the teacher is believed: below it saw another thing
CHUNK = 32  # nails at a time: each is painted on a canvas of its own


@torch.no_grad()
def relabel(photos: PhotoSet, teacher: Path) -> int:
    """Replaces the masks in `photos.pixels` by those of a `nail_patch` checkpoint; gives how many. The rest stays."""
    net = load("nail_patch", teacher).to(photos.pixels.device).eval()
    table = photos.present.nonzero()
    return sum(_replace(net, photos, *rows.T) for rows in table.split(CHUNK))


def _replace(net: nn.Module, photos: PhotoSet, photo: Tensor, nail: Tensor) -> int:
    affine = upright(photos, photo, nail)
    probability = _mask(net, augment.normalise(augment.view(photos, photo, affine, PATCH).image))
    labels, own = photos.pixels[photo, :, :, 3], photos.label[photo, nail][:, None, None]
    steps = torch.arange(SIDE, device=affine.device) + 0.5
    x, y = torch.meshgrid(steps, steps, indexing="xy")
    canvas = torch.stack([x, y], -1).reshape(1, -1, 2) - photos.label_shift[photo, None, None]
    grid = augment.apply(augment.invert(affine), canvas).view(-1, SIDE, SIDE, 2) * (2 / PATCH) - 1
    seen = nn.functional.grid_sample(probability, grid, align_corners=False)[:, 0] > 0.5
    was = labels == own
    seen &= was | (labels == 0)
    iou = (seen & was).sum((1, 2)) / (seen | was).sum((1, 2)).clamp_min(1)
    believed = iou >= AGREE
    # A photo's nails come one after the other: each has to see what the ones before it became.
    for k in believed.nonzero()[:, 0].tolist():
        plane = photos.pixels[int(photo[k]), :, :, 3]
        plane[was[k] & ~seen[k]] = 0
        plane[seen[k] & (plane == 0)] = photos.label[int(photo[k]), int(nail[k])]
    return int(believed.sum())


def _mask(net: nn.Module, patches: Tensor) -> Tensor:
    """Mean probabilities [N, 1, 64, 64] over the patch, its mirror image, and both upside down."""
    views = [(), (3,), (2,), (2, 3)]
    masks = [net(patches.flip(view) if view else patches)[1].float().sigmoid() for view in views]
    return torch.stack([mask.flip(view) if view else mask for mask, view in zip(masks, views, strict=True)]).mean(0)
