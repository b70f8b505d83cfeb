"""RT-DETR's losses: cells, matched queries, finger slots and denoising queries against the nails of each crop."""

import torch
from torch import Tensor
from torch.nn import functional

from models.data.instance_masks import Instances
from models.losses import area, masked_mean
from models.networks.nail_rtdetr import FREE, SLOTS, Denoising, Layer, Prediction, mask_logits, select
from models.training.matching import assign

CELLS_PER_NAIL = 4  # cells that learn to propose one nail
GROUPS = 2  # denoising groups, each with a positive and a negative query a nail


def corners(boxes: Tensor) -> Tensor:
    """cxcywh -> x0 y0 x1 y1."""
    return torch.cat([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], -1)


def overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU (Rezatofighi et al. 2019) of boxes cxcywh [..., 4], broadcast against each other."""
    a, b = corners(a), corners(b)
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    both = area((torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_min(0))
    around = area(torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2]))
    union = (area_a + area_b - both).clamp_min(1e-9)
    iou = both / union
    return iou, iou - (around - union) / around.clamp_min(1e-9)


def varifocal(logits: Tensor, target: Tensor) -> Tensor:
    """Elementwise varifocal loss (Zhang et al. 2021): target is the IoU where positive, 0 elsewhere."""
    weight = torch.where(target > 0, target, 0.75 * torch.sigmoid(logits).detach() ** 2)
    return weight * functional.binary_cross_entropy_with_logits(logits, target, reduction="none")


def box_loss(boxes: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """5 L1 + 2 (1 - GIoU) of each pair of boxes, and their IoU."""
    iou, generalised = overlap(boxes, truth)
    return 5 * (boxes - truth).abs().sum(-1) + 2 * (1 - generalised), iou.detach()


def denoising(truth: Instances) -> Denoising:
    """Per group and nail one box moved by up to half its size (to be mended) and one moved further (to be refused)."""
    n, g = truth.present.shape
    device = truth.boxes.device
    # No tensor is made from a list on this way: that copies from the host, which a CUDA graph forbids.
    far = (torch.arange(2 * GROUPS * g, device=device) // g % 2).float()  # [D]
    boxes = truth.boxes.repeat(1, 2 * GROUPS, 1)
    sign = (torch.rand(n, len(far), 4, device=device) < 0.5).float() * 2 - 1
    shift = sign * (torch.rand(n, len(far), 4, device=device) + far[:, None]) * boxes[..., 2:].repeat(1, 1, 2) / 2
    moved = (corners(boxes) + shift).clamp(0, 1)
    low, high = torch.minimum(moved[..., :2], moved[..., 2:]), torch.maximum(moved[..., :2], moved[..., 2:])
    noisy = torch.cat([(low + high) / 2, high - low], -1)
    group = torch.cat(
        [
            torch.full((SLOTS + FREE,), -1, device=device),
            torch.arange(2 * GROUPS * g, device=device) // (2 * g),
        ]
    )
    # Nobody looks at another group's noise, and the real queries look at no noise at all.
    blocked = (group[None] >= 0) & (group[None] != group[:, None])
    return Denoising(torch.logit(noisy, 1e-3), blocked)


def cell_loss(prediction: Prediction, truth: Instances, count: Tensor) -> Tensor:
    """The proposals: the best few cells in each nail learn its box and its finger (after TOOD, Feng et al. 2021)."""
    scores, boxes = prediction.scores, prediction.boxes
    with torch.no_grad():
        iou, _ = overlap(boxes[:, None], truth.boxes[:, :, None])  # [N, G, S]
        reach = truth.boxes[..., None, 2:].clamp_min(0.06) / 2
        away = ((prediction.centers - truth.boxes[:, :, None, :2]) / reach).abs().amax(-1)
        inside = (away < 1) & truth.present[..., None]
        merit = inside * (torch.sigmoid(scores[..., 0]).sqrt()[:, None] * iou**2 + 1e-3 * (2 - away))
        least = merit.topk(CELLS_PER_NAIL, 2).values[..., -1:]
        merit = merit * (merit >= least.clamp_min(1e-9))
        merit, owner = merit.max(1)  # [N, S]
        positive = merit > 0
        target = iou.gather(1, owner[:, None])[:, 0]
        best = torch.zeros_like(truth.boxes[..., 0]).scatter_reduce(1, owner, merit, "amax").gather(1, owner)
        quality = torch.where(positive, (target * merit / best.clamp_min(1e-9)).clamp_min(0.05), 0.0)
        finger = truth.finger.gather(1, owner)
    weight = positive.float()
    box, _ = box_loss(boxes, truth.boxes.gather(1, owner[..., None].expand(-1, -1, 4)))
    named = (finger[..., None] == torch.arange(SLOTS, device=finger.device)) * quality[..., None]
    learned = torch.where((positive & (finger < 0))[..., None], 0.0, 1.0)
    fingers = (varifocal(scores[..., 1:], named) * learned).sum()
    return (varifocal(scores[..., 0], quality).sum() + 0.5 * fingers) / count + masked_mean(box, weight)


def mask_loss(logits: Tensor, truth: Tensor, boxes: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy in and around the box, a little of it everywhere, and Dice. [N, G, h, w] -> scalar, IoU [N, G]."""
    _, _, h, w = logits.shape
    x = (torch.arange(w, device=logits.device) + 0.5) / w
    y = (torch.arange(h, device=logits.device) + 0.5) / h
    # 1.5 times the box; the core crops the masks to less than that.
    near_x = ((x - boxes[..., :1]).abs() < 0.75 * boxes[..., 2:3]).float()
    near_y = ((y - boxes[..., 1:2]).abs() < 0.75 * boxes[..., 3:]).float()
    near = near_y[..., :, None] * near_x[..., None, :]
    area = near.sum((2, 3)).clamp_min(1)
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    inside = (entropy * near).sum((2, 3)) / area
    outside = (entropy * (1 - near)).sum((2, 3)) / area
    probability = torch.sigmoid(logits) * near
    both = (probability * truth).sum((2, 3))
    sums = probability.sum((2, 3)) + truth.sum((2, 3))
    dice = 1 - (2 * both + 1) / (sums + 1)
    with torch.no_grad():
        shown, real = ((logits > 0) & (near > 0)).float(), (truth > 0.5).float()
        shared = (shown * real).sum((2, 3))
        iou = shared / (shown.sum((2, 3)) + real.sum((2, 3)) - shared).clamp_min(1)
    return masked_mean(2 * inside + 0.1 * outside + 2 * dice, weight), iou


def tip_error(tips: Tensor, truth_tip: Tensor, truth_base: Tensor, boxes: Tensor, direction_known: Tensor) -> Tensor:
    """Distance to the tip in box sizes; to the nearer end where it is not known which end is the tip."""
    size = boxes[..., 2:].amax(-1)
    to_tip = (tips - truth_tip).abs().sum(-1) / size
    to_base = (tips - truth_base).abs().sum(-1) / size
    return torch.where(direction_known, to_tip, torch.minimum(to_tip, to_base)).clamp_max(3)


def pair_loss(
    layer: Layer, query: Tensor, nail: Tensor, weight: Tensor, truth: Instances, pixels: Tensor
) -> tuple[Tensor, Tensor]:
    """Boxes, masks, tips, fingers, mask quality of queries [N, K] that stand for nails [N, K]; and the boxes' IoU."""
    real = select(truth.boxes, nail)
    boxes = select(layer.boxes, query)
    box, iou = box_loss(boxes, real)
    n, k = nail.shape
    masks = truth.masks.flatten(2).gather(1, nail[..., None].expand(-1, -1, truth.masks[0, 0].numel()))
    masks = masks.view(n, k, *truth.masks.shape[2:])
    if masks.shape[2:] != pixels.shape[2:]:
        masks = functional.avg_pool2d(masks, masks.shape[2] // pixels.shape[2])
    logits = mask_logits(select(layer.masks, query), boxes.detach(), pixels)
    mask, mask_iou = mask_loss(logits, masks, real, weight)

    def of(values: Tensor) -> Tensor:
        return values.gather(1, nail)

    tip = tip_error(
        select(layer.tips, query), select(truth.tip, nail), select(truth.base, nail), real, of(truth.direction_known)
    )
    finger = of(truth.finger)
    named = functional.cross_entropy(
        select(layer.fingers, query).transpose(1, 2), finger.clamp_min(0), reduction="none"
    )
    quality = functional.binary_cross_entropy_with_logits(
        select(layer.scores, query)[..., 1], mask_iou, reduction="none"
    )
    total = masked_mean(box, weight) + mask + 0.5 * masked_mean(tip, weight * of(truth.axis_known))
    total = total + 0.5 * masked_mean(named, weight * (finger >= 0)) + 0.5 * masked_mean(quality, weight)
    return total, iou


def slots_of(truth: Instances) -> tuple[Tensor, Tensor, Tensor]:
    """For each finger: its nail [N, 5], whether there is exactly one [N, 5], and whether the truth is known [N, 5]."""
    hits = truth.finger[:, None] == torch.arange(SLOTS, device=truth.finger.device)[None, :, None]
    number = hits.sum(2)
    named = (truth.finger >= 0) | ~truth.present
    known = named.all(1, keepdim=True) & truth.complete[:, None] & (number == 0)
    return hits.float().argmax(2), number == 1, known | (number == 1)


def set_loss(prediction: Prediction, truth: Instances, denoised: bool = True) -> Tensor:
    """The sum of all losses of one batch. denoised False: the denoising queries, which no other sees, teach nothing."""
    present = truth.present
    n, g = present.shape
    count = present.sum().clamp_min(1).float()
    layers = prediction.layers
    total = cell_loss(prediction, truth, count)

    with torch.no_grad():
        costs = []
        for layer in layers:
            boxes, score = layer.boxes[:, SLOTS : SLOTS + FREE], layer.scores[:, SLOTS : SLOTS + FREE, 0]
            probability = torch.sigmoid(score)
            positive = 0.25 * (1 - probability) ** 2 * -(probability + 1e-8).log()
            negative = 0.75 * probability**2 * -(1 - probability + 1e-8).log()
            _, generalised = overlap(boxes[:, None], truth.boxes[:, :, None])
            distance = (boxes[:, None] - truth.boxes[:, :, None]).abs().sum(-1)
            cost = 2 * (positive - negative)[:, None] + 5 * distance - 2 * generalised
            costs.append(torch.where(present[..., None], cost, 0.0))
        matched = assign(torch.cat(costs)).view(len(layers), n, g) + SLOTS

    slot_nail, slot_present, slot_known = slots_of(truth)
    every = torch.arange(g, device=present.device).expand(n, g)
    slots = torch.arange(SLOTS, device=present.device).expand(n, SLOTS)
    # Denoising queries of the first (positive) half of each group.
    first = SLOTS + FREE + torch.arange(GROUPS, device=present.device)[:, None] * 2 * g
    healed = (first + torch.arange(g, device=present.device)).reshape(1, -1).expand(n, -1)
    coarse = functional.avg_pool2d(prediction.pixels.float(), 2)
    for number, layer in enumerate(layers):
        last = number == len(layers) - 1
        pixels = prediction.pixels.float() if last else coarse
        # Matched free queries, slots and mended noise in one go: they learn the same things.
        query = torch.cat([matched[number], slots, healed], 1)
        nail = torch.cat([every, slot_nail, every.repeat(1, GROUPS)], 1)
        weight = torch.cat([present, slot_present, present.repeat(1, GROUPS) & denoised], 1).float()
        pairs, iou = pair_loss(layer, query, nail, weight, truth, pixels)
        total = total + pairs
        target = torch.zeros(n, layer.scores.shape[1], device=present.device)
        target = target.scatter_add(1, query, iou.clamp_min(0.05) * weight)
        counts = torch.ones_like(target)
        counts[:, :SLOTS] = slot_known
        counts[:, SLOTS + FREE :] = 0.5 * denoised * torch.cat([present, present], 1).repeat(1, GROUPS)
        total = total + (varifocal(layer.scores[..., 0], target) * counts).sum() / count
    return total
