"""What `hand_detector` finds on whole photos: figures for the log, boxes for the examples."""

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import nn

from models.data import augmentation as augment
from models.data.hands import HandSet
from models.evaluation.average_precision import average_precision, hits
from models.evaluation.hand_boxes import Hands, decode_hands
from models.spec import HAND_DETECTOR, NAIL_HEATMAP

SIZE = int(HAND_DETECTOR.constants["size"])
THRESHOLD = HAND_DETECTOR.constants["score_threshold"]
PADDING = NAIL_HEATMAP.constants["roi_padding"]
# sRGB: a found box, a labelled one.
FOUND, LABELLED = (70, 140, 255), (60, 220, 90)


@torch.no_grad()
def find(net: nn.Module, photos: HandSet, threshold: float, most: int = 2, batch: int = 64) -> list[Hands]:
    """The hands of every photo, in photo pixels."""
    device = photos.pixels.device
    net = net.to(device).eval()
    found = []
    for index in torch.arange(len(photos), device=device).split(batch):
        size = photos.size[index]
        scale = size.amax(1) / SIZE
        zero, one = torch.zeros_like(scale), torch.ones_like(scale)
        affine = augment.similarity(scale, zero, one, size / 2, torch.full_like(size, SIZE / 2))
        scores, boxes = net(augment.normalise(augment.picture(photos.pixels, index, affine, SIZE, 2)[0]))
        scores, boxes = (x.float().permute(0, 2, 3, 1).cpu().numpy() for x in (scores, boxes))
        for k in range(len(index)):
            hands = decode_hands(scores[k], boxes[k], threshold, most)
            offset = np.tile(affine[k, :, 2].cpu().numpy(), 2)
            side = np.tile(size[k].cpu().numpy(), 2)
            found.append(Hands((hands.boxes * float(scale[k]) + offset).clip(0, side), hands.scores))
    return found


def boxes_of(photos: HandSet, index: int) -> np.ndarray:
    """[K, 4] the labelled boxes of one photo of the hand set."""
    points = photos.points[index][photos.present[index]]
    return torch.cat([points.amin(1), points.amax(1)], 1).cpu().numpy()


def hand_figures(net: nn.Module, hands: HandSet, nails: HandSet) -> dict[str, float]:
    """AP50 and recall on labelled hands; on photos of nails, which share of the nails the padded ROIs hold."""
    truth = [boxes_of(hands, k) for k in range(len(hands))]
    ranked = find(net, hands, 0.01)
    kept = find(net, hands, THRESHOLD)
    right = sum(hits(f.boxes, f.scores, t).sum() for f, t in zip(kept, truth, strict=True))
    held, blind = nails_held(find(net, nails, THRESHOLD), nails)
    return {
        "AP50": average_precision([f.boxes for f in ranked], [f.scores for f in ranked], truth),
        "recall of hands": float(right / max(1, sum(len(t) for t in truth))),
        "precision of hands": float(right / max(1, sum(len(f.boxes) for f in kept))),
        "nails inside a ROI": held,
        "photos of nails without a hand": blind,
    }


def rois(found: Hands) -> np.ndarray:
    """[K, 4] the padded squares around the boxes."""
    center = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    half = (found.boxes[:, 2:] - found.boxes[:, :2]).max(1, initial=0)[:, None] * (0.5 + PADDING)
    return np.concatenate([center - half, center + half], 1)


def nails_held(found: list[Hands], nails: HandSet) -> tuple[float, float]:
    """Share of the nails that lie in one of the photo's ROIs; share of the photos with nails that have no ROI."""
    held = total = blind = photos = 0
    for k, hands in enumerate(found):
        # A hand's points repeat the first to fill the table: each nail once.
        table = torch.cat([nails.points[k], nails.radius[k][..., None]], -1)
        discs = table[nails.present[k][:, None] & nails.is_nail[k]].unique(dim=0).cpu().numpy()
        if not len(discs):
            continue
        squares = rois(hands)
        # A third of the nail may stick out: its box, from which the disc comes, is longer than the nail is wide.
        low, high = discs[:, None, :2] - 0.67 * discs[:, None, 2:], discs[:, None, :2] + 0.67 * discs[:, None, 2:]
        inside = ((low >= squares[None, :, :2]) & (high <= squares[None, :, 2:])).all(2).any(1)
        held, total = held + int(inside.sum()), total + len(discs)
        blind, photos = blind + (len(squares) == 0), photos + 1
    return held / max(1, total), blind / max(1, photos)


def hand_examples(net: nn.Module, photos: HandSet, count: int) -> list[Image.Image]:
    """Photos with the found boxes, their scores, and the labelled boxes where there are any."""
    found = find(net, photos, THRESHOLD)
    pictures = []
    for index in [k * len(photos) // min(count, len(photos)) for k in range(min(count, len(photos)))]:
        width, height = (int(v) for v in photos.size[index])
        picture = Image.fromarray(photos.pixels[index, :height, :width, :3].cpu().numpy())
        draw = ImageDraw.Draw(picture)
        if photos.boxed[index]:
            for box in boxes_of(photos, index):
                draw.rectangle(tuple(box), outline=LABELLED, width=2)
        for box, score in zip(found[index].boxes, found[index].scores, strict=True):
            draw.rectangle(tuple(box), outline=FOUND, width=4)
            draw.text((box[0] + 8, box[1] + 8), f"{score:.2f}", fill=FOUND)
        pictures.append(picture)
    return pictures
