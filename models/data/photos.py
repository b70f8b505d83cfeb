"""Photos with instance masks as tensors that live on the training device."""

import io
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.data.instances import Nail, describe, moved
from models.data.label_shift import label_shift

SIDE = 432  # px; the photos' longest side, and the canvas they are padded to
PADDING = 128  # grey of the canvas outside the photo: 0 after normalisation
OUTSIDE = 255  # mask value outside the photo
MAX_NAILS = 12  # a photo; the few photos with more keep their largest


@dataclass
class PhotoSet:
    """N photos. Nail columns are padded to MAX_NAILS; `present` says which are real."""

    ids: list[str]
    pixels: Tensor  # [N, SIDE, SIDE, 4] uint8: red, green, blue, label (0 background, k the k-th nail, OUTSIDE)
    size: Tensor  # [N, 2] width, height
    label_shift: Tensor  # [N] px: photo point (x, y) has the label of `pixels` at (x, y) + label_shift
    present: Tensor  # [N, K] bool
    label: Tensor  # [N, K] uint8
    center: Tensor  # [N, K, 2]
    extent: Tensor  # [N, K, 2] length, width
    direction: Tensor  # [N, K, 2] unit vector
    base: Tensor  # [N, K, 2]
    tip: Tensor  # [N, K, 2]
    axis_known: Tensor  # [N, K] bool
    direction_known: Tensor  # [N, K] bool
    finger: Tensor  # [N, K] int64, -1 unknown
    fingers_complete: Tensor  # [N] bool: every nail of the photo has a finger (true of photos without nails)

    def to(self, device: str) -> "PhotoSet":
        moved = {name: value.to(device) for name, value in vars(self).items() if isinstance(value, Tensor)}
        return replace(self, **moved)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.ids)


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """(relative path, content) of a tar, or of a folder with images/ and masks/."""
    if source.is_dir():
        for path in sorted(source.glob("*/*")):
            yield f"{path.parent.name}/{path.name}", path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                yield member.name, content.read()


@dataclass(frozen=True)
class _Decoded:
    canvas: np.ndarray
    nails: list[Nail]
    size: tuple[int, int]
    label_shift: float


def _decode(image: bytes, mask: bytes | None, row: dict[str, Any]) -> _Decoded:
    photo: Image.Image = Image.open(io.BytesIO(image)).convert("RGB")
    labels: Image.Image = Image.open(io.BytesIO(mask)) if mask else Image.new("L", photo.size)
    shift = label_shift(row)
    if max(photo.size) > SIDE:
        scale = SIDE / max(photo.size)
        shift *= scale
        size = (round(photo.width * scale), round(photo.height * scale))
        photo, labels = photo.resize(size, Image.Resampling.BOX), labels.resize(size, Image.Resampling.NEAREST)
    canvas = np.full((SIDE, SIDE, 4), PADDING, np.uint8)
    canvas[: photo.height, : photo.width, :3] = np.asarray(photo)
    canvas[..., 3] = OUTSIDE
    canvas[: photo.height, : photo.width, 3] = np.asarray(labels)
    label_canvas = canvas[..., 3]
    fingers = row.get("pseudo_fingers") or []
    nails = []
    for label in np.unique(label_canvas):
        if label in (0, OUTSIDE):
            continue
        ys, xs = np.nonzero(label_canvas == label)
        index = next((i for i, n in enumerate(row.get("nails", [])) if n["label"] == label), -1)
        pseudo = fingers[index] if 0 <= index < len(fingers) else None
        nail = describe(label_canvas, int(label), [xs.min(), ys.min(), xs.max(), ys.max()], pseudo)
        if nail is not None:
            nails.append(moved(nail, -shift))
    nails.sort(key=lambda n: -n.length * n.width)
    return _Decoded(canvas, nails[:MAX_NAILS], photo.size, shift)


def load_photos(sources: list[Path], meta: Path | None, limit: int | None = None) -> PhotoSet:
    """Reads tars or folders holding images/ID.jpg and masks/ID.png; `meta` is the data set's meta.json.

    meta None: photos without labels, masks are neither needed nor read. Raises ValueError when a photo has no mask.
    """
    rows = {row["id"]: row for row in json.loads(meta.read_text())} if meta else {}
    images: dict[str, bytes] = {}
    masks: dict[str, bytes | None] = {}
    for source in sources:
        for name, content in _files(source):
            kind, _, file = name.rpartition("/")
            if kind.endswith("images"):
                images[Path(file).stem] = content
            elif kind.endswith("masks"):
                masks[Path(file).stem] = content
    ids = sorted(images)[:limit]
    if meta is None:
        masks = dict.fromkeys(ids)
    without = [i for i in ids if i not in masks]
    if without:
        raise ValueError(f"{len(without)} photos have no mask, the first: {without[0]}")
    with ThreadPoolExecutor() as pool:
        decoded = list(pool.map(lambda i: _decode(images[i], masks[i], rows.get(i, {})), ids))

    def column(read: Any, empty: Any, dtype: torch.dtype) -> Tensor:
        table = [[read(n) for n in photo.nails] + [empty] * (MAX_NAILS - len(photo.nails)) for photo in decoded]
        return torch.tensor(table, dtype=dtype)

    zero = (0.0, 0.0)
    return PhotoSet(
        ids=ids,
        pixels=torch.from_numpy(np.stack([photo.canvas for photo in decoded])),
        size=torch.tensor([photo.size for photo in decoded], dtype=torch.float32),
        label_shift=torch.tensor([photo.label_shift for photo in decoded]),
        present=column(lambda n: True, False, torch.bool),
        label=column(lambda n: n.label, 0, torch.uint8),
        center=column(lambda n: n.center, zero, torch.float32),
        extent=column(lambda n: (n.length, n.width), (1.0, 1.0), torch.float32),
        direction=column(lambda n: n.direction, (1.0, 0.0), torch.float32),
        base=column(lambda n: n.base, zero, torch.float32),
        tip=column(lambda n: n.tip, zero, torch.float32),
        axis_known=column(lambda n: n.axis_known, False, torch.bool),
        direction_known=column(lambda n: n.direction_known, False, torch.bool),
        finger=column(lambda n: n.finger, -1, torch.int64),
        fingers_complete=torch.tensor([all(n.finger >= 0 for n in photo.nails) for photo in decoded]),
    )


def join(first: PhotoSet, second: PhotoSet) -> PhotoSet:
    """Both sets as one."""
    columns = {
        name: torch.cat([value, getattr(second, name)]) if isinstance(value, Tensor) else value + getattr(second, name)
        for name, value in vars(first).items()
    }
    return PhotoSet(**columns)  # type: ignore[arg-type]
