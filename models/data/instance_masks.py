"""What is left of each nail in an augmented crop: its mask, box, tip and base, in the crop's own coordinates."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import SIDE, PhotoSet

MIN_AREA_PX = 24  # in the crop
MIN_SHARE = 0.3  # of the nail's own area that must lie in the crop


@dataclass
class Instances:
    """Nails of N crops, at most G each, the largest first. Coordinates are 0..1 of the crop's side."""

    present: Tensor  # [N, G] bool
    boxes: Tensor  # [N, G, 4] cxcywh, tight around the visible part; some box where absent
    masks: Tensor  # [N, G, S/2, S/2] coverage 0..1
    tip: Tensor  # [N, G, 2]
    base: Tensor  # [N, G, 2]
    axis_known: Tensor  # [N, G] bool
    direction_known: Tensor  # [N, G] bool
    finger: Tensor  # [N, G] int64, -1 unknown
    complete: Tensor  # [N] bool: every nail's finger is known


def label_map(photos: PhotoSet, index: Tensor, affine: Tensor, size: int) -> Tensor:
    """[N, S, S] uint8 labels of photos[index] through affines, nearest pixel; 0 outside the photo."""
    steps = torch.arange(size, device=affine.device, dtype=torch.float32) + 0.5
    x, y = torch.meshgrid(steps, steps, indexing="xy")
    points = augment.apply(affine, torch.stack([x, y], -1).reshape(1, -1, 2).expand(len(index), -1, -1))
    points = (points + photos.label_shift[index, None, None]).floor().long()
    column, row = points[..., 0], points[..., 1]
    within = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    flat = (index[:, None] * SIDE + row.clamp(0, SIDE - 1)) * SIDE + column.clamp(0, SIDE - 1)
    labels = photos.pixels.view(-1, 4)[..., 3][flat]
    return torch.where(within, labels, 0).view(len(index), size, size)


def instances(photos: PhotoSet, index: Tensor, affine: Tensor, size: int, most: int) -> Instances:
    """The `most` largest nails of each crop: photos[index] [N] through affines [N, 2, 3] into size x size pixels."""
    labels = label_map(photos, index, affine, size)
    known = photos.present[index]
    wanted = torch.where(known, photos.label[index], 254)  # no mask holds 254
    each = labels[:, None] == wanted[:, :, None, None]  # [N, K, S, S]
    area = each.sum((2, 3)).float()
    scale = (affine[:, 0, 0] * affine[:, 1, 1] - affine[:, 0, 1] * affine[:, 1, 0]).abs()
    # An ellipse's area from its axes is near enough for the share that is visible.
    whole = photos.extent[index].prod(2) * 0.78 / scale[:, None]
    seen = known & (area >= MIN_AREA_PX) & (area >= MIN_SHARE * whole)
    rank = torch.where(seen, area, -1.0).topk(most, 1).indices  # [N, G]

    def pick(values: Tensor) -> Tensor:
        return values.gather(1, rank.view(*rank.shape, *[1] * (values.dim() - 2)).expand(-1, -1, *values.shape[2:]))

    present, masks = pick(seen), pick(each)
    steps = torch.arange(size, device=affine.device)
    sides = []
    for hit in (masks.any(2), masks.any(3)):  # columns, rows: [N, G, S]
        low = torch.where(hit, steps, size).amin(2)
        high = torch.where(hit, steps + 1, 0).amax(2)
        sides.append((low / size, high / size))
    (x0, x1), (y0, y1) = sides
    boxes = torch.stack([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0], -1)
    inverse = augment.invert(affine)
    coverage = functional.avg_pool2d((masks & present[..., None, None]).float(), 2)
    return Instances(
        present=present,
        boxes=torch.where(present[..., None], boxes, 0.25),
        masks=coverage,
        tip=pick(augment.apply(inverse, photos.tip[index])) / size,
        base=pick(augment.apply(inverse, photos.base[index])) / size,
        axis_known=pick(photos.axis_known[index]),
        direction_known=pick(photos.direction_known[index]),
        finger=torch.where(present, pick(photos.finger[index]), -1),
        complete=photos.fingers_complete[index],
    )
