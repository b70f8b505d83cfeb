"""Attention in two forms: plain multi-head, and multi-scale deformable (Zhu et al., ICLR 2021).

Deformable attention samples with `grid_sample` in training, which is fast there, and with one gather and one matmul in
export, because TF.js has no GridSample; a test holds the two together.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD = 32  # channels a head


def sizes(x: Tensor) -> tuple[int, ...]:
    """x's shape as plain numbers: an export then holds constants where it would else compute shapes."""
    return tuple(int(size) for size in x.shape)


def rms_norm(x: Tensor) -> Tensor:
    """Divides each token [..., C] by its root mean square (Zhang & Sennrich 2019).

    No gain and no bias: the linear layer behind it has both. Five operations, where layer norm takes nine.
    """
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5)


class Dense(nn.Linear):
    """A linear layer on tokens [..., C] that is one matrix product in the export: TF.js fuses bias and ReLU into it."""

    def forward(self, tokens: Tensor) -> Tensor:
        *lead, c = sizes(tokens)
        return super().forward(tokens.reshape(-1, c)).reshape(*lead, self.out_features)


class Attention(nn.Module):
    """Multi-head self-attention. tokens and positions [N, T, C] -> [N, T, C]; blocked [T, T] is True where none is."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.heads = channels // HEAD
        self.query = Dense(channels, channels)
        self.key = Dense(channels, channels)
        self.value = Dense(channels, channels)
        self.out = Dense(channels, channels)

    def _split(self, x: Tensor) -> Tensor:
        n, t, _ = sizes(x)
        return x.reshape(n, t, self.heads, HEAD).permute(0, 2, 1, 3)

    def forward(self, tokens: Tensor, positions: Tensor, blocked: Tensor | None = None) -> Tensor:
        placed = tokens + positions
        query = self._split(self.query(placed) * HEAD**-0.5)
        scores = query @ self._split(self.key(placed)).transpose(2, 3)
        if blocked is not None:
            scores = scores.masked_fill(blocked, -1e4)
        mixed = torch.softmax(scores, -1) @ self._split(self.value(tokens))
        return self.out(mixed.permute(0, 2, 1, 3).reshape(sizes(tokens)))


class DeformableAttention(nn.Module):
    """Each query looks at a few learned points around its reference box on every feature level.

    forward: queries [N, Q, C], boxes [N, Q, 4] (cxcywh, 0..1), memory [N, S, C] (all levels, row by row),
    shapes [(H, W)] of the levels -> [N, Q, C].
    """

    def __init__(self, channels: int, levels: int = 3, points: int = 4) -> None:
        super().__init__()
        self.heads, self.levels, self.points = channels // HEAD, levels, points
        self.exportable = False  # gather and matmul instead of grid_sample
        self.offsets = Dense(channels, self.heads * levels * points * 2)
        self.weights = Dense(channels, self.heads * levels * points)
        self.value = Dense(channels, channels)
        self.out = Dense(channels, channels)
        # Heads start out looking in different directions, points at growing distance (the paper's appendix).
        angle = torch.arange(self.heads) * (2 * math.pi / self.heads)
        ring = torch.stack([angle.cos(), angle.sin()], -1)
        ring = ring / ring.abs().amax(-1, keepdim=True)
        start = ring[:, None, None] * torch.arange(1, points + 1)[None, None, :, None].expand(-1, levels, -1, -1)
        with torch.no_grad():
            self.offsets.weight.zero_()
            self.offsets.bias.copy_(start.flatten())
            self.weights.weight.zero_()
            self.weights.bias.zero_()

    def forward(self, queries: Tensor, boxes: Tensor, memory: Tensor, shapes: list[tuple[int, int]]) -> Tensor:
        n, q, _ = sizes(queries)
        samples = self.levels * self.points
        value = self.value(memory).to(boxes.dtype)
        offsets = self.offsets(queries).to(boxes.dtype).reshape(n * q, self.heads, samples, 2)
        weights = torch.softmax(self.weights(queries).to(boxes.dtype).reshape(n * q, self.heads, samples), -1)
        box = boxes.reshape(n * q, 1, 1, 4)
        # The outermost points start on the box's border.
        places = box[..., :2] + offsets * box[..., 2:] * (0.5 / self.points)
        sample = self._gather if self.exportable else self._grid
        return self.out(sample(value, places, weights, shapes).reshape(n, q, -1))

    def _grid(self, value: Tensor, places: Tensor, weights: Tensor, shapes: list[tuple[int, int]]) -> Tensor:
        n, rows = sizes(value)[0], sizes(places)[0]
        q = rows // n
        grid = (2 * places - 1).reshape(n, q, self.heads, self.levels, self.points, 2).permute(3, 0, 2, 1, 4, 5)
        sampled = []
        for level, (part, (h, w)) in enumerate(zip(value.split([h * w for h, w in shapes], 1), shapes, strict=True)):
            maps = part.reshape(n, h * w, self.heads, HEAD).permute(0, 2, 3, 1).reshape(n * self.heads, HEAD, h, w)
            points = grid[level].reshape(n * self.heads, q, self.points, 2)
            sampled.append(functional.grid_sample(maps, points, align_corners=False))
        every = torch.cat(sampled, -1).reshape(n, self.heads, HEAD, q, self.levels * self.points)
        share = weights.reshape(n, q, self.heads, -1).permute(0, 2, 1, 3)[:, :, None]
        return (every * share).sum(-1).permute(0, 3, 1, 2)

    def _gather(self, value: Tensor, places: Tensor, weights: Tensor, shapes: list[tuple[int, int]]) -> Tensor:
        """The same as a table of rows [N * S * heads, HEAD], four rows a point; no tensor over rank 4."""
        n, size, _ = sizes(value)
        rows = sizes(places)[0]
        samples = self.levels * self.points
        dtype, device = value.dtype, value.device

        def per_sample(values: list[tuple[float, float]]) -> Tensor:
            """[levels][2] -> [samples, 2]"""
            pairs = [pair for pair in values for _ in range(self.points)]
            return torch.tensor(pairs, dtype=dtype, device=device)

        extent = per_sample([(w, h) for h, w in shapes])
        # The four neighbours, one after the other: all samples' upper left ones first.
        neighbours = [(x, y) for y in (0, 1) for x in (0, 1) for _ in range(samples)]
        corner = torch.tensor(neighbours, dtype=dtype, device=device)
        last = (extent - 1).repeat(4, 1)
        step = per_sample([(self.heads, w * self.heads) for _, w in shapes]).repeat(4, 1)
        starts = [sum(h * w for h, w in shapes[:level]) for level in range(self.levels)]
        first = per_sample([(start * self.heads, 0) for start in starts])[:, 0].repeat(4)
        head = torch.arange(self.heads, dtype=dtype, device=device)[None, :, None]
        picture = torch.arange(n, dtype=dtype, device=device)[:, None].expand(n, rows // n).reshape(rows, 1, 1)
        origin = picture * (size * self.heads) + head + first  # [N * Q, heads, 4 * samples]

        position = places * extent - 0.5
        index = torch.cat([torch.floor(position)] * 4, 2) + corner
        near = torch.relu(1 - torch.abs(index - torch.cat([position] * 4, 2)))
        inside = torch.minimum(torch.relu(index), last)
        # Indices are whole: 1 where the clamp changed nothing, else 0.
        share = near * torch.relu(1 - torch.abs(index - inside))
        weight = share[..., 0] * share[..., 1] * torch.cat([weights] * 4, 2)
        row = (inside * step).sum(-1) + origin
        table = value.reshape(n * size * self.heads, HEAD)
        found = table.index_select(0, row.reshape(-1).to(torch.int32)).reshape(rows * self.heads, -1, HEAD)
        return weight.reshape(rows * self.heads, 1, -1) @ found
