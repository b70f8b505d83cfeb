"""What pass 1 finds on whole photos: its false peaks feed pass 2's training, its recall and precision the log."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import OUTSIDE, SIDE, PhotoSet
from models.spec import NAIL_HEATMAP

STRIDE = int(NAIL_HEATMAP.constants["stride"])
SIZE_UNIT = NAIL_HEATMAP.constants["size_unit"]
TIER = int(NAIL_HEATMAP.constants["still_tier"])


@torch.no_grad()
def find(net: nn.Module, photos: PhotoSet, threshold: float, batch: int = 32) -> Iterator[Tensor]:
    """Yields [P, 6] per batch: photo, x, y (photo px), longest side (photo px), axis (radians), score."""
    device = photos.pixels.device
    net = net.to(device).eval()
    scale = SIDE / TIER
    for start in range(0, len(photos), batch):
        index = torch.arange(start, min(start + batch, len(photos)), device=device)
        affine = torch.tensor([[scale, 0, 0], [0, scale, 0]], device=device).expand(len(index), 2, 3)
        heatmap, geometry, _ = net(augment.normalise(augment.view(photos, index, affine, TIER).image))
        score = torch.sigmoid(heatmap.float().amax(1))
        peak = (score == functional.max_pool2d(score[:, None], 3, 1, 1)[:, 0]) & (score >= threshold)
        photo, row, column = peak.nonzero(as_tuple=True)
        values = geometry.float()[photo, :, row, column]
        x = (column + 0.5 + values[:, 0]) * STRIDE * scale
        y = (row + 0.5 + values[:, 1]) * STRIDE * scale
        longest = values[:, 2:4].amax(1).exp() * SIZE_UNIT * scale
        axis = 0.5 * torch.atan2(values[:, 5], values[:, 4])
        yield torch.stack([(photo + start).float(), x, y, longest, axis, score[photo, row, column]], 1)


def _label_at(photos: PhotoSet, found: Tensor) -> Tensor:
    photo = found[:, 0].long()
    x, y = (found[:, 1:3] + photos.label_shift[photo, None]).long().clamp(0, SIDE - 1).T
    return photos.pixels[photo, y, x, 3]


def false_peaks(net: nn.Module, photos: PhotoSet, threshold: float = 0.15) -> Tensor:
    """[H, 5]: photo, x, y, longest side, axis of peaks well away from every labelled nail."""
    found = torch.cat(list(find(net, photos, threshold)))
    photo = found[:, 0].long()
    distance = (photos.center[photo] - found[:, None, 1:3]).norm(dim=2)
    near = ((distance < photos.extent[photo].amax(2)) & photos.present[photo]).any(1)
    return found[(_label_at(photos, found) == 0) & ~near][:, :5]


def recall_precision(net: nn.Module, photos: PhotoSet, threshold: float) -> tuple[float, float]:
    """Share of nails whose mask holds a peak; share of peaks that lie on a nail."""
    found = torch.cat(list(find(net, photos, threshold)))
    label = _label_at(photos, found)
    on_nail = (label != 0) & (label != OUTSIDE)
    hits = torch.unique(found[on_nail, 0].long() * 256 + label[on_nail].long())
    return len(hits) / max(1, int(photos.present.sum())), float(on_nail.float().mean()) if len(found) else 0.0
