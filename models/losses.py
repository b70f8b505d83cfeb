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
