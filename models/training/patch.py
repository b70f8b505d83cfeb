"""Training of `nail_patch` and its teacher: patches around nails and around what is no nail."""

from argparse import Namespace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.data import augmentation as augment
from models.data.photos import PhotoSet
from models.losses import dice, keypoint_cross_entropy, learn_patch, masked_mean
from models.networks import load
from models.spec import NAIL_PATCH
from models.training import peaks
from models.training.examples import patch_examples
from models.training.rotation import in_patch, load_renders, median_error, rotation_loss
from models.training.sets import train_and_val, upright
from models.training.task import Task

SIZE = int(NAIL_PATCH.constants["patch_size"])
HEAT_STRIDE = int(NAIL_PATCH.constants["heat_stride"])
SIDE_FACTOR = NAIL_PATCH.constants["side_factor"]
BATCH = 512
NEGATIVES = 0.3  # share of patches that are not centred on a nail
KEYPOINT_SIGMA = 1.2  # heatmap cells


def task(options: Namespace) -> Task:
    """See `Task`. With --heatmap, half of the negatives are its false peaks; with --teacher, its word counts too."""
    device = options.device
    photos, val = train_and_val(options)
    hard = None
    if options.heatmap:
        hard = peaks.false_peaks(load("nail_heatmap", options.heatmap), photos)
        print(f"mined {len(hard)} false peaks", flush=True)
    teacher = load("nail_patch_teacher", options.teacher).to(device) if options.teacher else None
    table, count = instances(photos), options.batch or BATCH
    steps = [partial(loss, photos=photos, table=table, hard=hard, count=count, teacher=teacher)]
    rotated = options.network == "nail_patch_r6d"
    for name in options.renders:
        renders, rotations = load_renders(options, name)
        given = rotations if rotated else None
        steps.append(partial(loss, photos=renders, table=instances(renders), count=count, rotations=given))
    share = options.render_share if options.renders else 0.0
    shares = [1 - share] + [share / max(1, len(options.renders))] * len(options.renders)
    held_out = load_renders(options, options.renders_val) if options.renders_val else None

    def check(net: nn.Module) -> dict[str, float]:
        found = {"IoU of masks in the true boxes": validate(net, val)}
        if held_out:
            found["IoU of masks in the true boxes of renders"] = validate(net, held_out[0])
            if rotated:
                found["median rotation error in degrees, renders"] = median_error(net, *held_out)
        return found

    return Task(steps, shares, check, partial(patch_examples, photos=val))


def instances(photos: PhotoSet) -> Tensor:
    """[M, 2] photo and nail index of every labelled nail."""
    return photos.present.nonzero()


def batch(photos: PhotoSet, table: Tensor, hard: Tensor | None, count: int) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Normalised patches [N, 3, 64, 64], the same before light and camera spoiled them, and their truth.

    hard: [H, 5] mined false peaks of pass 1 (photo, centre x, y, longest side, axis); they make half of the negatives.
    """
    device = photos.pixels.device
    chosen = table[torch.randint(0, len(table), (count,), device=device)]
    photo, nail = chosen[:, 0], chosen[:, 1]
    center, direction = photos.center[photo, nail], photos.direction[photo, nail]
    longest = photos.extent[photo, nail].amax(1)

    def noise(spread: float, channels: int = 1) -> Tensor:
        return torch.randn(count, channels, device=device) * spread

    # What pass 1 gets wrong: the centre, the size, the axis. The patch's up is either sense of the axis.
    shift = noise(0.06, 2) * longest[:, None]
    sense = augment.random_flip(count, device)
    angle = torch.atan2(direction[:, 1] * sense, direction[:, 0] * sense) + torch.pi / 2 + noise(0.22)[:, 0]
    angle = torch.where(torch.rand(count, device=device) < 0.08, augment.random_angle(count, device), angle)
    side = SIDE_FACTOR * longest * torch.exp(noise(0.13)[:, 0])

    negative = torch.rand(count, device=device) < NEGATIVES
    kind = torch.rand(count, device=device)
    # Next to the nail: the fingertip's pad, the knuckle, the neighbour's gap …
    away = augment.random_angle(count, device)
    distance = longest * augment.uniform((count,), 0.75, 2.5, device)
    beside = center + torch.stack([torch.cos(away), torch.sin(away)], 1) * distance[:, None]
    # … or anywhere in the photo.
    anywhere = photos.size[photo] * torch.rand(count, 2, device=device)
    elsewhere = torch.where((kind < 0.6)[:, None], beside, anywhere)
    moved = torch.where(negative[:, None], elsewhere, center + shift)
    angle = torch.where(negative & (kind > 0.3), augment.random_angle(count, device), angle)
    if hard is not None and len(hard):
        row = hard[torch.randint(0, len(hard), (count,), device=device)]
        mined = negative & (torch.rand(count, device=device) < 0.6)
        photo = torch.where(mined, row[:, 0].long(), photo)
        moved = torch.where(mined[:, None], row[:, 1:3] + shift, moved)
        side = torch.where(mined, SIDE_FACTOR * row[:, 3] * torch.exp(noise(0.13)[:, 0]), side)
        angle = torch.where(mined, row[:, 4] + torch.pi / 2 + noise(0.22)[:, 0], angle)

    middle = torch.full_like(moved, SIZE / 2)
    flip = augment.random_flip(count, device)
    affine = augment.similarity(side / SIZE, angle, flip, moved, middle)
    seen = augment.view(photos, photo, affine, SIZE, label=photos.label[photo, nail])
    clean = augment.paint_nails(seen.image, seen.nails[:, None], 0.35)
    images = augment.erase(augment.degrade(augment.photometric(clean)), 0.1, 0.1, 0.35)

    # A negative whose centre lies on some nail after all is neither: it does not count.
    on_nail = seen.nails[:, SIZE // 2 - 3 : SIZE // 2 + 3, SIZE // 2 - 3 : SIZE // 2 + 3].mean((1, 2)) > 0.3
    inverse = augment.invert(affine)
    keypoints = torch.stack([photos.base[photo, nail], photos.tip[photo, nail]], 1)
    truth = {
        "positive": ~negative,
        "counts": ~(negative & on_nail),
        "mask": seen.nail * (~negative)[:, None, None],
        "valid": (seen.inside > 0.5).float(),
        "keypoints": augment.apply(inverse, keypoints),
        "axis_known": photos.axis_known[photo, nail],
        "direction_known": photos.direction_known[photo, nail],
        "affine": affine,
        "nail": torch.stack([chosen[:, 0], nail], 1),
    }
    images, clean = (augment.normalise(x).contiguous(memory_format=torch.channels_last) for x in (images, clean))
    return images, clean, truth


def _run(net: nn.Module, patches: Tensor) -> tuple[Tensor, ...]:
    with torch.autocast(patches.device.type, torch.bfloat16, enabled=patches.is_cuda):
        return tuple(x.float() for x in net(patches))


def _keypoint_targets(points: Tensor, cells: int) -> Tensor:
    """Points [N, K, 2] in patch pixels -> Gaussians [N, K, cells, cells] that sum to 1."""
    grid = torch.arange(cells, device=points.device, dtype=torch.float32)
    position = (points / HEAT_STRIDE - 0.5).clamp(-1, cells)
    dx = (grid - position[..., :1]) ** 2
    dy = (grid - position[..., 1:]) ** 2
    exponent = -(dy[..., :, None] + dx[..., None, :]) / (2 * KEYPOINT_SIGMA**2)
    return functional.softmax(exponent.flatten(2), 2).view(*exponent.shape)


def loss(
    net: nn.Module,
    photos: PhotoSet,
    table: Tensor,
    hard: Tensor | None = None,
    count: int = BATCH,
    teacher: nn.Module | None = None,
    rotations: Tensor | None = None,
) -> Tensor:
    """Mask (cross-entropy + Dice), keypoints (order-free where the sense is unknown), confidence; the teacher.

    rotations [N, K, 6]: of rendered nails, for a network that has a fourth output.
    """
    patches, clean, truth = batch(photos, table, hard, count)
    outputs = _run(net, patches)
    keypoints, masks, confidence = outputs[:3]
    logits, positive = masks[:, 0], truth["positive"].float()
    counts = truth["counts"].float()

    weight = torch.where(truth["positive"], 1.0, 0.25) * counts
    entropy = functional.binary_cross_entropy_with_logits(logits, truth["mask"], reduction="none")
    entropy = (entropy * truth["valid"]).mean((1, 2))
    total = masked_mean(entropy, weight) * 1.5 + masked_mean(dice(logits, truth["mask"], truth["valid"]), positive)

    target = _keypoint_targets(truth["keypoints"], keypoints.shape[2])
    as_labelled = keypoint_cross_entropy(keypoints, target).sum(1)
    swapped = keypoint_cross_entropy(keypoints, target.flip(1)).sum(1)
    entropy = torch.where(truth["direction_known"], as_labelled, torch.minimum(as_labelled, swapped))
    total = total + 0.1 * masked_mean(entropy, positive * truth["axis_known"])

    presence = functional.binary_cross_entropy_with_logits(confidence[:, 0], positive, reduction="none")
    total = total + 0.3 * masked_mean(presence, counts)
    if rotations is not None:
        given = rotations[truth["nail"][:, 0], truth["nail"][:, 1]]
        known = positive * (given.abs().sum(1) > 0)
        total = total + rotation_loss(outputs[3], in_patch(given, truth["affine"]), known)
    if teacher is None:
        return total
    with torch.no_grad():
        taught = _run(teacher, clean)
    return total + learn_patch((keypoints, masks, confidence), (taught[0], taught[1], taught[2]), truth["valid"])


@torch.no_grad()
def validate(net: nn.Module, photos: PhotoSet) -> float:
    """Mean IoU in the patch, given the true centre, size and axis."""
    net = net.to(photos.pixels.device).eval()
    total, table = 0.0, instances(photos)
    for part in table.split(256):
        photo, nail = part[:, 0], part[:, 1]
        affine = upright(photos, photo, nail)
        seen = augment.view(photos, photo, affine, SIZE, label=photos.label[photo, nail])
        predicted, truth = net(augment.normalise(seen.image))[1][:, 0] > 0, seen.nail > 0.5
        union = (predicted | truth).sum((1, 2)).clamp_min(1)
        total += float(((predicted & truth).sum((1, 2)) / union).sum())
    return total / max(1, len(table))
