"""What several networks' trainings share: their photos, and patches cut where the nails truly are."""

from argparse import Namespace

import torch
from torch import Tensor

from models.data import augmentation as augment
from models.data.photos import PhotoSet, load_photos
from models.spec import NAIL_PATCH

PATCH = int(NAIL_PATCH.constants["patch_size"])
SIDE_FACTOR = NAIL_PATCH.constants["side_factor"]


def train_and_val(options: Namespace) -> tuple[PhotoSet, PhotoSet]:
    """The photos that --train and --val name, on the training device."""
    meta = options.data / "meta.json"
    photos, val = (
        load_photos([options.data / name for name in names], meta, options.limit).to(options.device)
        for names in (options.train, options.val)
    )
    print(f"{len(photos)} training photos, {int(photos.present.sum())} nails; {len(val)} to validate", flush=True)
    return photos, val


def upright(photos: PhotoSet, photo: Tensor, nail: Tensor) -> Tensor:
    """[N, 2, 3] affines, patch px -> photo px: each true nail centred, its tip up, at the size that pass 2 gets."""
    direction = photos.direction[photo, nail]
    side = SIDE_FACTOR * photos.extent[photo, nail].amax(1)
    angle = torch.atan2(direction[:, 1], direction[:, 0]) + torch.pi / 2
    middle = torch.full((len(photo), 2), PATCH / 2, device=side.device)
    return augment.similarity(side / PATCH, angle, torch.ones_like(side), photos.center[photo, nail], middle)
