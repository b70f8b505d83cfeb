"""Photos with what is known about the hands in them, as tensors that live on the training device.

Two kinds of photo: hands with boxes, and nails with landmarks (MediaPipe's, for about six of ten) or nothing but nails.
"""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.data.photos import OUTSIDE, PADDING, SIDE, _files

MAX_HANDS = 4
POINTS = 40
# Radius of flesh around a landmark / length of the palm (wrist to the middle finger's knuckle, about 10 cm).
FLESH = 0.1
WRIST, INDEX, MIDDLE, LITTLE = 0, 5, 9, 17  # MediaPipe's landmarks
# A nail that belongs to no found hand lies on it nevertheless if it is so near its points, in palms.
NEAR = 0.35
HAND_NAILS = 5
LEAST_PALM = 4.0  # of a hand, in half nails


@dataclass(frozen=True)
class Hand:
    """Points of one hand in photo pixels, each with a radius; the hand's box is the box of these discs."""

    points: np.ndarray  # [P, 2]
    radius: np.ndarray  # [P]
    is_nail: np.ndarray  # [P] bool
    sure: bool  # the discs are the whole hand; if not, only its nails


@dataclass
class HandSet:
    """N photos. Hands are padded to MAX_HANDS, points to POINTS by repeating the first."""

    ids: list[str]
    pixels: Tensor  # [N, SIDE, SIDE, 4] uint8: red, green, blue, 0 inside the photo and OUTSIDE beside it
    size: Tensor  # [N, 2] width, height
    present: Tensor  # [N, H] bool
    sure: Tensor  # [N, H] bool
    points: Tensor  # [N, H, P, 2]
    radius: Tensor  # [N, H, P]
    is_nail: Tensor  # [N, H, P] bool
    complete: Tensor  # [N] bool: no hand of the photo is missing
    boxed: Tensor  # [N] bool: from a box, which a turned photo only loosely keeps

    def to(self, device: str) -> "HandSet":
        moved = {name: value.to(device) for name, value in vars(self).items() if isinstance(value, Tensor)}
        return replace(self, **moved)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.ids)


def from_box(box: list[float]) -> Hand:
    """A box [x0, y0, x1, y1] as the ellipse inside it: turned, it stays nearer to the hand than the box's corners."""
    x0, y0, x1, y1 = box
    turn = np.arange(16) * np.pi / 8
    center, half = np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0]) / 2
    points = center + half * np.stack([np.cos(turn), np.sin(turn)], 1)
    return Hand(points, np.zeros(16), np.zeros(16, bool), True)


def from_nails(nails: list[dict[str, Any]]) -> Hand:
    """What nails alone tell: the hand is at least there."""
    boxes = np.array([n["box_xyxy"] for n in nails], float)
    points = (boxes[:, :2] + boxes[:, 2:] + 1) / 2
    radius = (boxes[:, 2:] - boxes[:, :2] + 1).max(1) / 2
    return Hand(points, radius, np.ones(len(nails), bool), False)


def from_landmarks(landmarks: list[list[float]]) -> Hand:
    """MediaPipe's 21 landmarks [x, y, z] with flesh around them."""
    points = np.array(landmarks, float)[:, :2]
    palm = max(np.linalg.norm(points[WRIST] - points[MIDDLE]), 1.2 * np.linalg.norm(points[INDEX] - points[LITTLE]))
    return Hand(points, np.full(21, FLESH * palm), np.zeros(21, bool), True)


def with_nails(hand: Hand, nails: list[dict[str, Any]]) -> Hand:
    """The hand with these nails on it."""
    if not nails:
        return hand
    more = from_nails(nails)
    return Hand(
        np.concatenate([hand.points, more.points]),
        np.concatenate([hand.radius, more.radius]),
        np.concatenate([hand.is_nail, more.is_nail]),
        hand.sure,
    )


def hands_of(row: dict[str, Any]) -> tuple[list[Hand], bool]:
    """The hands of one row of either meta.json, and whether these are all."""
    if "boxes_xyxy" in row:
        return [from_box(box) for box in row["boxes_xyxy"]][:MAX_HANDS], True
    nails = row.get("nails") or []
    seen = [from_landmarks(hand["landmarks"]) for hand in row.get("mediapipe_hands") or []]
    # Now and then MediaPipe takes a fingertip for a hand.
    least = FLESH * LEAST_PALM * float(np.mean(from_nails(nails).radius)) if nails else 0
    found = [hand if hand.radius[0] >= least else None for hand in seen]
    fingers = row.get("pseudo_fingers") or [None] * len(nails)
    owned: list[list[dict[str, Any]]] = [[] for _ in found]
    alone: list[dict[str, Any]] = []
    for nail, finger in zip(nails, fingers, strict=True):
        owner = finger["hand"] if finger and found[finger["hand"]] else _nearest(found, nail)
        (owned[owner] if owner is not None else alone).append(nail)
    hands = [with_nails(hand, more) for hand, more in zip(found, owned, strict=True) if hand]
    hands += [from_nails(part) for part in _parted(alone)]
    return hands[:MAX_HANDS], bool(hands)


def _nearest(hands: list[Hand | None], nail: dict[str, Any]) -> int | None:
    center = from_nails([nail]).points[0]
    for k, hand in enumerate(hands):
        if hand is None:
            continue
        reach = NEAR * hand.radius[0] / FLESH
        if np.linalg.norm(hand.points - center, axis=1).min() < reach:
            return k
    return None


def _parted(nails: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Nails of unknown hands: up to five are one hand's, more are cut in two where they lie farthest apart."""
    if len(nails) <= HAND_NAILS:
        return [nails] if nails else []
    centers = from_nails(nails).points
    spread = np.linalg.norm(centers[:, None] - centers[None], axis=2)
    ends = np.unravel_index(spread.argmax(), spread.shape)
    for _ in range(5):
        seeds = centers[list(ends)] if isinstance(ends, tuple) else ends
        nearer = np.linalg.norm(centers[:, None] - seeds[None], axis=2).argmin(1)
        ends = np.stack([centers[nearer == k].mean(0) for k in (0, 1)])
    return [[n for n, side in zip(nails, nearer, strict=True) if side == k] for k in (0, 1)]


def _decode(image: bytes, row: dict[str, Any]) -> tuple[np.ndarray, tuple[int, int], list[Hand], bool]:
    photo: Image.Image = Image.open(io.BytesIO(image)).convert("RGB")
    scale = SIDE / max(photo.size)
    if scale < 1:
        photo = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BOX)
    canvas = np.full((SIDE, SIDE, 4), PADDING, np.uint8)
    canvas[..., 3] = OUTSIDE
    canvas[: photo.height, : photo.width, :3] = np.asarray(photo)
    canvas[: photo.height, : photo.width, 3] = 0
    hands, complete = hands_of(row)
    factor = photo.width / row["width"]
    inside = np.array(photo.size, float)
    hands = [
        replace(h, points=(h.points * factor).clip(0, inside), radius=(h.radius * factor).clip(0, SIDE)) for h in hands
    ]
    return canvas, photo.size, hands, complete


def load_hands(sources: list[Path], meta: Path, limit: int | None = None) -> HandSet:
    """Reads the photos of tars or folders holding images/ID.jpg that the data set's meta.json names."""
    rows = {row["id"]: row for row in json.loads(meta.read_text())}
    images = {}
    for source in sources:
        for name, content in _files(source):
            if name.rpartition("/")[0].endswith("images") and Path(name).stem in rows:
                images[Path(name).stem] = content
    ids = sorted(images)[:limit]
    with ThreadPoolExecutor() as pool:
        decoded = list(pool.map(lambda i: _decode(images[i], rows[i]), ids))
    count = len(ids)
    present = torch.zeros(count, MAX_HANDS, dtype=torch.bool)
    sure, is_nail = present.clone(), torch.zeros(count, MAX_HANDS, POINTS, dtype=torch.bool)
    points, radius = torch.zeros(count, MAX_HANDS, POINTS, 2), torch.zeros(count, MAX_HANDS, POINTS)
    for k, (_, _, hands, _) in enumerate(decoded):
        for slot, hand in enumerate(hands):
            order = (list(range(len(hand.points))) + [0] * POINTS)[:POINTS]
            present[k, slot], sure[k, slot] = True, hand.sure
            points[k, slot] = torch.from_numpy(hand.points[order]).float()
            radius[k, slot] = torch.from_numpy(hand.radius[order]).float()
            is_nail[k, slot] = torch.from_numpy(hand.is_nail[order])
    return HandSet(
        ids=ids,
        pixels=torch.from_numpy(np.stack([d[0] for d in decoded])),
        size=torch.tensor([d[1] for d in decoded], dtype=torch.float32),
        present=present,
        sure=sure,
        points=points,
        radius=radius,
        is_nail=is_nail,
        complete=torch.tensor([d[3] for d in decoded]),
        boxed=torch.tensor(["boxes_xyxy" in rows[i] for i in ids]),
    )


def joined(sets: list[HandSet]) -> HandSet:
    """Several sets as one."""
    first = sets[0]
    tensors = [name for name, value in vars(first).items() if isinstance(value, Tensor)]
    return replace(
        first,
        ids=[i for s in sets for i in s.ids],
        **{name: torch.cat([getattr(s, name) for s in sets]) for name in tensors},
    )
