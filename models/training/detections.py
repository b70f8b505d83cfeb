"""What `nail_rtdetr` finds on `val`: masks, recall, precision and fingers, quickly and on the training device.

The figures that count come from `models.evaluation`; these follow a training.
"""

import torch
from torch import Tensor, nn

from models.data import augmentation as augment
from models.data.instance_masks import instances
from models.data.photos import SIDE, PhotoSet

MATCH_IOU = 0.5
CONFIDENCE = 0.5
KEPT = 16  # most detections of a picture that are looked at
NAILS = 12


def full_frames(photos: PhotoSet, size: int) -> tuple[Tensor, Tensor, int]:
    """(photo [N], affine [N, 2, 3], size): every photo as a whole."""
    device = photos.pixels.device
    scale = SIDE / size
    affine = torch.tensor([[scale, 0, 0], [0, scale, 0]], device=device).expand(len(photos), 2, 3)
    return torch.arange(len(photos), device=device), affine, size


def regions(photos: PhotoSet, size: int) -> tuple[Tensor, Tensor, int]:
    """The same for the square around all nails of each photo that has some, padded by 10 % of its side."""
    reach = photos.extent.amax(2, keepdim=True) / 2
    low = torch.where(photos.present[..., None], photos.center - reach, SIDE).amin(1)
    high = torch.where(photos.present[..., None], photos.center + reach, 0).amax(1)
    index = photos.present.any(1).nonzero()[:, 0]
    middle, side = (low + high)[index] / 2, (high - low)[index].amax(1) * 1.2
    plain = torch.zeros_like(side)
    target = torch.full_like(middle, size / 2)
    return index, augment.similarity(side.clamp_min(64) / size, plain, plain + 1, middle, target), size


def pairs(iou: Tensor) -> Tensor:
    """Greedy one-to-one matching of detections, best first: IoU [D, G] -> matched IoU of each, 0 where none."""
    free = torch.ones(iou.shape[1], dtype=torch.bool)
    matched = torch.zeros(len(iou))
    for row in range(len(iou)):
        best, column = (iou[row] * free).max(0)
        if best >= MATCH_IOU:
            matched[row], free[column] = best, False
    return matched


@torch.no_grad()
def score(net: nn.Module, photos: PhotoSet, index: Tensor, affine: Tensor, size: int) -> dict[str, float]:
    """Figures over all pictures; fingers over slots whose truth is known."""
    net = net.to(photos.pixels.device).eval()
    ious: list[float] = []
    nails = found = slots_right = slots = 0
    for part in torch.arange(len(index), device=index.device).split(16):
        images = augment.normalise(augment.view(photos, index[part], affine[part], size).image)
        boxes, scores, masks, _, _, _, slot_scores, tips = net(images)
        truth = instances(photos, index[part], affine[part], size, NAILS)
        confidence, best = torch.sigmoid(scores[..., 0]).topk(KEPT, 1)
        whole = truth.masks > 0.5
        for k in range(len(part)):
            kept = best[k][confidence[k] > CONFIDENCE]
            shown = (masks[k, kept] > 0) & _around(boxes[k, kept], masks.shape[2])
            real = whole[k][truth.present[k]].flatten(1).float()
            seen = shown.flatten(1).float()
            shared = seen @ real.T
            matched = pairs((shared / (seen.sum(1)[:, None] + real.sum(1) - shared).clamp_min(1)).cpu())
            ious += matched[matched > 0].tolist()
            nails, found = nails + len(real), found + len(kept)
        # A slot is right when its tip lies nearest to its own finger's nail.
        for finger in range(5):
            mine = (truth.finger == finger) & truth.present
            asked = (mine.sum(1) == 1) & (slot_scores[:, finger, 0] > 0)
            away = (tips[:, finger, None] - truth.boxes[..., :2]).norm(dim=2)
            nearest = torch.where(truth.present, away, 9.0).argmin(1)
            slots += int(asked.sum())
            slots_right += int((asked & mine.gather(1, nearest[:, None])[:, 0]).sum())
    matched_iou = sum(ious) / max(1, len(ious))
    return {
        "mask IoU": matched_iou,
        "recall": len(ious) / max(1, nails),
        "precision": len(ious) / max(1, found),
        "slots right": slots_right / max(1, slots),
    }


def _around(boxes: Tensor, side: int) -> Tensor:
    """[K, side, side]: inside each box, a quarter of its size more."""
    steps = (torch.arange(side, device=boxes.device) + 0.5) / side
    x = (steps - boxes[:, :1]).abs() < 0.625 * boxes[:, 2:3]
    y = (steps - boxes[:, 1:2]).abs() < 0.625 * boxes[:, 3:]
    return y[:, :, None] & x[:, None, :]
