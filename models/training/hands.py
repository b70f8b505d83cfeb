"""Training of `hand_detector`: photos fitted into a square, Gaussian targets at the hands' centres, boxes by GIoU.

--data holds the nail photos, as for the other networks, and beside them `hands/` with the hand photos' tars and
meta.json. Where only the nails of a hand are known, some cell near them has to find a hand, whose box holds them all.
"""

from argparse import Namespace
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data.hands import HandSet, joined, load_hands
from models.losses import giou, heatmap_focal, masked_mean
from models.spec import HAND_DETECTOR
from models.training.hand_batch import CELLS, STRIDE, Crop, Truth, batch, inside
from models.training.hand_check import hand_examples, hand_figures
from models.training.task import Task

UNIT = HAND_DETECTOR.constants["box_unit"]


CROPS = (Crop(128, (0.9, 2.4), 2), Crop(128, (0.45, 1.0), 4))
SHARES = (0.65, 0.35)


def task(options: Namespace) -> Task:
    """See `Task`."""
    folder, limit = options.data / "hands", options.limit
    nails = load_hands([options.data / name for name in options.train], options.data / "meta.json", limit)
    hands = load_hands([folder / name for name in options.train], folder / "meta.json", limit)
    val = load_hands([folder / name for name in options.val], folder / "meta.json", limit).to(options.device)
    nails_val = load_hands([options.data / name for name in options.val], options.data / "meta.json", limit)
    print(
        f"{len(hands)} photos of hands, {len(nails)} of nails; {len(val)} and {len(nails_val)} to validate", flush=True
    )
    photos = joined([hands, nails]).to(options.device)
    crops = [replace(crop, batch=options.batch or crop.batch) for crop in CROPS]
    losses = [partial(loss, photos=photos, hand_photos=len(hands), crop=crop) for crop in crops]
    nails_val = nails_val.to(options.device)
    return Task(
        losses,
        SHARES,
        partial(hand_figures, hands=val, nails=nails_val),
        lambda net: hand_examples(net, val, 8) + hand_examples(net, nails_val, 8),
    )


def loss(net: nn.Module, photos: HandSet, hand_photos: int, crop: Crop) -> Tensor:
    """Focal loss on centres + box loss near them + what hands with only their nails known ask for."""
    images, truth = batch(photos, hand_photos, crop)
    n = len(images)
    with torch.autocast(images.device.type, torch.bfloat16, enabled=images.is_cuda):
        score, sides = net(images)
    logits, sides = score[:, 0].float(), sides.float()
    grid = (torch.arange(CELLS, device=images.device) + 0.5) * STRIDE
    boxes = torch.stack(
        [
            grid[None, None, :] - sides[:, 0] * UNIT,
            grid[None, :, None] - sides[:, 1] * UNIT,
            grid[None, None, :] + sides[:, 2] * UNIT,
            grid[None, :, None] + sides[:, 3] * UNIT,
        ],
        -1,
    )  # [N, CELLS, CELLS, 4]

    strong = truth.strong.float()
    center, extent = (truth.box[..., :2] + truth.box[..., 2:]) / 2, truth.box[..., 2:] - truth.box[..., :2]
    sigma = (extent / STRIDE / 8).clamp(0.6, 2.0)
    place = center / STRIDE - 0.5  # in cells: 0 is the centre of the first
    cell = torch.arange(CELLS, device=images.device, dtype=torch.float32)
    dx = (cell - place[..., :1]) ** 2 / (2 * sigma[..., :1] ** 2)
    dy = (cell - place[..., 1:]) ** 2 / (2 * sigma[..., 1:] ** 2)
    gaussians = torch.exp(-dy[..., :, None] - dx[..., None, :]) * strong[..., None, None]
    target, owner = gaussians.max(1)
    nearest = place.round().clamp(0, CELLS - 1).long()
    flat = nearest[..., 1] * CELLS + nearest[..., 0]
    positive = torch.zeros(n, CELLS * CELLS, device=images.device).scatter_reduce(1, flat, strong, "amax")
    positive = positive.view(n, CELLS, CELLS)
    # A target of 1 at a cell that is no centre weighs nothing: an open cell may say what it likes.
    certain = ~truth.open | (positive > 0)
    total = heatmap_focal(logits, torch.where(certain, target, torch.ones_like(target)), positive)

    near = (target > 0.4).float()
    goal = truth.box.gather(1, owner.flatten(1)[..., None].expand(-1, -1, 4)).view(n, CELLS, CELLS, 4)
    error = functional.smooth_l1_loss(boxes / UNIT, goal / UNIT, reduction="none", beta=0.1).sum(-1)
    total = total + masked_mean(error + 2 * (1 - giou(boxes, goal)), near)
    return total + 0.5 * _weak_loss(logits, boxes, truth)


def _weak_loss(logits: Tensor, boxes: Tensor, truth: Truth) -> Tensor:
    """The surest cell around a hand's nails has to be sure, and its box to hold them and end with the picture."""
    n, hands = truth.weak.shape
    weak = truth.weak.float()
    around = inside(truth.around).flatten(2)
    best, cell = torch.where(around, logits.flatten(1)[:, None], torch.full_like(logits.flatten(1)[:, None], -1e4)).max(
        2
    )
    weak = weak * around.any(2)
    probability = torch.sigmoid(best).clamp(1e-4, 1 - 1e-4)
    fire = -((1 - probability) ** 2) * probability.log()
    box = boxes.flatten(1, 2).gather(1, cell[..., None].expand(n, hands, 4))
    low, high = box[..., :2], box[..., 2:]
    short = functional.relu(low - truth.box[..., :2]) + functional.relu(truth.box[..., 2:] - high)
    beyond = functional.relu(truth.window[..., :2] - low) + functional.relu(high - truth.window[..., 2:])
    return masked_mean(fire + ((short + beyond) / UNIT).sum(-1), weak)
