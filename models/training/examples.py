"""Pictures of what a network in training sees, drawn over photos of `val`."""

import math

import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn

from models.data import augmentation as augment
from models.data.photos import PhotoSet
from models.training import peaks
from models.training.sets import PATCH, upright

PHOTOS, PATCHES = 12, 32
# sRGB: a peak, an outline.
FOUND, OUTLINE = (70, 140, 255), (255, 40, 60)
ENLARGED = 3


def _spread(count: int, of: int) -> list[int]:
    """`count` numbers spread evenly over range(of)."""
    return [k * of // min(count, of) for k in range(min(count, of))]


def peak_examples(net: nn.Module, photos: PhotoSet, threshold: float = 0.3) -> list[Image.Image]:
    """Photos with an ellipse along each peak's axis, its score beside it."""
    chosen = _spread(PHOTOS, len(photos))
    found = torch.cat(list(peaks.find(net, photos, threshold))).cpu()
    pictures = []
    for index in chosen:
        width, height = (int(v) for v in photos.size[index])
        picture = Image.fromarray(photos.pixels[index, :height, :width, :3].cpu().numpy())
        draw = ImageDraw.Draw(picture)
        for _, x, y, longest, axis, score in found[found[:, 0] == index].tolist():
            dx, dy = math.cos(axis) * longest / 2, math.sin(axis) * longest / 2
            draw.line((x - dx, y - dy, x + dx, y + dy), fill=FOUND, width=3)
            draw.text((x + 4, y + 4), f"{score:.2f}", fill=FOUND)
        pictures.append(picture)
    return pictures


@torch.no_grad()
def patch_examples(net: nn.Module, photos: PhotoSet) -> list[Image.Image]:
    """Patches cut at the true nails, upright, with the mask's outline."""
    table = photos.present.nonzero()
    photo, nail = table[_spread(PATCHES, len(table))].T
    affine = upright(photos, photo, nail)
    seen = augment.view(photos, photo, affine, PATCH)
    masks = net.to(affine.device).eval()(augment.normalise(seen.image))[1][:, 0] > 0
    return [_outlined(image, mask) for image, mask in zip(seen.image, masks, strict=True)]


def _outlined(image: Tensor, mask: Tensor) -> Image.Image:
    pixels = (image.permute(1, 2, 0) * 255).byte().cpu().numpy()
    picture = Image.fromarray(pixels).resize((PATCH * ENLARGED, PATCH * ENLARGED), Image.Resampling.BICUBIC)
    inside = Image.fromarray((mask.cpu().numpy() * 255).astype("uint8")).resize(picture.size, Image.Resampling.NEAREST)
    return Image.composite(Image.new("RGB", picture.size, OUTLINE), picture, _edge(inside))


def _edge(inside: Image.Image) -> Image.Image:
    from PIL import ImageChops, ImageFilter

    return ImageChops.subtract(inside, inside.filter(ImageFilter.MinFilter(3)))
