"""Losses of the cascade. Every function takes logits in float32 and returns a scalar."""

import torch
from torch import Tensor
from torch.nn import functional


def heatmap_focal(logits: Tensor, target: Tensor, positive: Tensor) -> Tensor:
    """Penalty-reduced focal loss (CornerNet, Law & Deng 2018; CenterNet, Zhou et al. 2019).

    logits, target (Gaussians, 0..1), positive (1 at the centres' cells, else 0): [N, H, W].
    """
    probability = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    hit = positive * (1 - probability) ** 2 * probability.log()
    miss = (1 - positive) * (1 - target) ** 4 * probability**2 * (1 - probability).log()
    return -(hit + miss).sum() / positive.sum().clamp_min(1)


def masked_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Mean of values where weight says so; 0 where nothing counts."""
    return (values * weight).sum() / weight.sum().clamp_min(1)


def dice(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """Soft Dice loss of each sample [N] (Milletari et al. 2016) for masks [N, H, W]."""
    probability = torch.sigmoid(logits) * valid
    target = target * valid
    overlap = (probability * target).sum((1, 2))
    return 1 - (2 * overlap + 1) / (probability.sum((1, 2)) + target.sum((1, 2)) + 1)


def keypoint_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy over cells: logits, target [N, K, H, W] (each target sums to 1) -> [N, K]."""
    return -(functional.log_softmax(logits.flatten(2), 2) * target.flatten(2)).sum(2)


def learn_heatmap(student: tuple[Tensor, Tensor], teacher: tuple[Tensor, Tensor]) -> Tensor:
    """What a student's (heatmap logits [N, 5, H, W], geometry [N, 6, H, W]) have to learn from a teacher's.

    Heights by quality focal loss (Li et al. 2020) on the best channel; fingers and geometry where the teacher sees one.
    """
    heatmap, geometry = student
    taught, shape = teacher
    height = torch.sigmoid(taught.amax(1))
    best = heatmap.amax(1)
    entropy = functional.binary_cross_entropy_with_logits(best, height, reduction="none")
    total = ((height - torch.sigmoid(best)).abs() ** 2 * entropy).sum() / (height**2).sum().clamp_min(len(height))
    weight = torch.where(height > 0.2, height, 0.0)
    divergence = functional.kl_div(heatmap.log_softmax(1), taught.log_softmax(1), reduction="none", log_target=True)
    error = functional.smooth_l1_loss(geometry, shape, reduction="none", beta=0.1).sum(1)
    return total + 0.5 * masked_mean(divergence.sum(1), weight) + masked_mean(error, weight)


def learn_patch(
    student: tuple[Tensor, Tensor, Tensor], teacher: tuple[Tensor, Tensor, Tensor], valid: Tensor
) -> Tensor:
    """The same for patches: (keypoints [N, 2, 32, 32], masks [N, 1, 64, 64], confidence [N, 1]), all logits.

    Masks and keypoints where the teacher is sure of a nail; valid [N, 64, 64]: pixels inside the photo.
    """
    keypoints, masks, confidence = student
    sure = torch.sigmoid(teacher[2])[:, 0]
    target = torch.sigmoid(teacher[1][:, 0])
    entropy = functional.binary_cross_entropy_with_logits(masks[:, 0], target, reduction="none")
    shape = (entropy * valid).mean((1, 2)) * 1.5 + dice(masks[:, 0], target, valid)
    points = keypoint_cross_entropy(keypoints, teacher[0].flatten(2).softmax(2).view_as(teacher[0])).sum(1)
    presence = functional.binary_cross_entropy_with_logits(confidence[:, 0], sure)
    return masked_mean(shape + 0.1 * points, sure) + 0.3 * presence


def area(sides: Tensor) -> Tensor:
    """[..., 2] -> [...]. Not `prod`: its gradient asks the host for zeros, which no CUDA graph allows."""
    return sides[..., 0] * sides[..., 1]


def giou(boxes: Tensor, truth: Tensor) -> Tensor:
    """Generalised IoU (Rezatofighi et al. 2019) of boxes [..., 4] x0, y0, x1, y1, -1..1. Boxes may be inside out."""
    size = (boxes[..., 2:] - boxes[..., :2]).clamp_min(0)
    true_size = truth[..., 2:] - truth[..., :2]
    low, high = boxes[..., :2].maximum(truth[..., :2]), boxes[..., 2:].minimum(truth[..., 2:])
    shared = area((high - low).clamp_min(0))
    union = area(size) + area(true_size) - shared
    hull = boxes[..., 2:].maximum(truth[..., 2:]) - boxes[..., :2].minimum(truth[..., :2])
    hull_area = area(hull.clamp_min(0)).clamp_min(1e-6)
    return shared / union.clamp_min(1e-6) - (hull_area - union) / hull_area
