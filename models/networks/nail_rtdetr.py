"""RT-DETR with masks for nails (after Zhao et al., CVPR 2024). Shapes below are for a 256x256 input.

Any size works: the image is padded at the right and bottom to a multiple of 32, and the outputs are cropped.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.attention import Attention, DeformableAttention, Dense, rms_norm, sizes
from models.networks.blocks import Fuse, conv_bn
from models.spec import FINGERS

CHANNELS = 160  # of the encoder and the decoder: five heads
FREE = 40  # queries chosen by score; five more, one a finger, are chosen by finger
SLOTS = len(FINGERS)
MASK_CHANNELS = 32
MASK_STRIDE = 2
LAYERS = 3


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016), no activation behind the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv_bn(channels, channels), conv_bn(channels, channels, act=False))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Linear, ReLU, linear."""
    return nn.Sequential(Dense(inputs, hidden), nn.ReLU(), Dense(hidden, outputs))


def tokens(features: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, H * W, C]."""
    n, c, h, w = sizes(features)
    return features.permute(0, 2, 3, 1).reshape(n, h * w, c)


def pad(image: Tensor, right: int, bottom: int) -> Tensor:
    """Zeros, the mean colour, at the right and bottom. By concatenation: ONNX's Pad computes its amounts."""
    n, c, h, w = sizes(image)
    if right:
        image = torch.cat([image, image.new_zeros(n, c, h, right)], 3)
    return torch.cat([image, image.new_zeros(n, c, bottom, w + right)], 2) if bottom else image


def select(table: Tensor, index: Tensor) -> Tensor:
    """Rows index [N, K] of every picture's table [N, S, C] -> [N, K, C]."""
    n, s, c = sizes(table)
    if n == 1:
        return table[0].index_select(0, index[0])[None]
    first = torch.arange(n, device=index.device, dtype=index.dtype)[:, None] * s
    return table.reshape(n * s, c).index_select(0, (index + first).reshape(-1)).reshape(n, sizes(index)[1], c)


@dataclass
class Denoising:
    """Training only: noisy boxes that the decoder must bring back (DN-DETR, Li et al. 2022)."""

    boxes: Tensor  # [N, D, 4] logits of cxcywh
    blocked: Tensor  # [T, T] bool, T = SLOTS + FREE + D: who may not look at whom


@dataclass
class Layer:
    """What one decoder layer says about every query; slots first, then free queries, then denoising ones."""

    boxes: Tensor  # [N, T, 4] cxcywh, 0..1
    scores: Tensor  # [N, T, 2] logits: is a nail; IoU of its mask
    fingers: Tensor  # [N, T, 5] logits
    tips: Tensor  # [N, T, 2] x, y of the nail's tip, 0..1
    masks: Tensor  # [N, T, MASK_CHANNELS] mask embedding


@dataclass
class Prediction:
    """All that training looks at."""

    scores: Tensor  # [N, S, 1 + SLOTS] logits of every cell: a nail; a nail of finger k
    boxes: Tensor  # [N, S, 4] cxcywh, 0..1
    centers: Tensor  # [S, 2] of the cells, 0..1
    layers: list[Layer]
    pixels: Tensor  # [N, MASK_CHANNELS, H/2, W/2]


def turned(x: Tensor) -> Tensor:
    """[N, K, M] -> [N, M, K].

    Of one picture by way of the batch's axis: a plain transpose would be folded into the product behind it, and for
    folded ones TF.js's WASM kernel has no fast path (18.6 ms in the place of 3 for the masks at 256x256).
    """
    n, k, m = sizes(x)
    return x.permute(2, 1, 0).reshape(1, m, k) if n == 1 else x.transpose(1, 2)


def mask_logits(embedding: Tensor, boxes: Tensor, pixels: Tensor) -> Tensor:
    """Embeddings [N, K, M] on pixel features [N, M, h, w], plus a paraboloid over each box [N, K, 4] -> [N, K, h, w].

    The paraboloid (positive inside an ellipse somewhat larger than the box) says where the nail is, so that the
    features need to say only what a nail looks like.
    """
    n, _, h, w = sizes(pixels)
    # This way round: TF.js's WASM kernel packs the second factor, which should be the small one.
    appearance = (tokens(pixels) @ turned(embedding)).transpose(1, 2)
    appearance = appearance.reshape(n, sizes(embedding)[1], h, w).to(boxes.dtype)
    x = (torch.arange(w, device=pixels.device, dtype=torch.float32) + 0.5) / w
    y = (torch.arange(h, device=pixels.device, dtype=torch.float32) + 0.5) / h
    half = boxes[..., 2:].clamp_min(0.05) * 0.5
    across = (x - boxes[..., :1]) / half[..., :1]
    down = (y - boxes[..., 1:2]) / half[..., 1:]
    # Bounded, so that float32 keeps its digits far from small boxes.
    across, down = (across * across).clamp_max(9.0), (down * down).clamp_max(9.0)
    return appearance + (1.5 - across)[:, :, None, :] - down[:, :, :, None]


class Encoder(nn.Module):
    """Hybrid encoder: attention within the coarsest scale (AIFI), convolutions across scales (CCFM)."""

    def __init__(self) -> None:
        super().__init__()
        c = CHANNELS
        self.project = conv_bn(256, c, 1, act=False)
        self.attention = Attention(c)
        self.feed_forward = mlp(c, 3 * c, c)
        self.fuse16, self.mix16 = Fuse(c, 192, c), conv_bn(c, c)
        self.fuse8, self.mix8 = Fuse(c, 128, c), conv_bn(c, c)
        self.down16, self.join16 = conv_bn(c, c, 3, 2, act=False), conv_bn(c, c)
        self.down32, self.join32 = conv_bn(c, c, 3, 2, act=False), conv_bn(c, c)

    @staticmethod
    def positions(h: int, w: int, device: torch.device) -> Tensor:
        """[1, H * W, C] sines and cosines of x and y (Vaswani et al. 2017, in two dimensions)."""
        frequency = 100.0 ** -torch.linspace(0, 1, CHANNELS // 4, device=device)
        y = torch.arange(h, device=device)[:, None, None] * frequency
        x = torch.arange(w, device=device)[None, :, None] * frequency
        parts = [f(p).expand(h, w, -1) for p in (x, y) for f in (torch.sin, torch.cos)]
        return torch.cat(parts, -1).reshape(1, h * w, CHANNELS)

    def forward(self, s8: Tensor, s16: Tensor, s32: Tensor) -> list[Tensor]:
        top = self.project(s32)
        n, c, h, w = sizes(top)
        x = tokens(top)
        x = x + self.attention(rms_norm(x), self.positions(h, w, x.device))
        x = x + self.feed_forward(rms_norm(x))
        top = x.reshape(n, h, w, c).permute(0, 3, 1, 2)
        middle = self.mix16(self.fuse16(top, s16))
        fine = self.mix8(self.fuse8(middle, s8))
        middle = self.join16(self.down16(fine) + middle)
        top = self.join32(self.down32(middle) + top)
        return [fine, middle, top]  # C x 32 x 32, 16 x 16, 8 x 8


class DecoderLayer(nn.Module):
    """Self-attention of the queries, deformable attention to the memory, feed-forward, and the layer's heads."""

    def __init__(self) -> None:
        super().__init__()
        c = CHANNELS
        self.attention = Attention(c)
        self.look = DeformableAttention(c)
        self.feed_forward = mlp(c, 4 * c, c)
        self.refine = mlp(c, c, 4)
        self.classify = Dense(c, 2 + SLOTS + 2)
        self.mask = mlp(c, c, MASK_CHANNELS)
        for parameter in self.refine[2].parameters():  # the first guess is the proposal itself
            nn.init.zeros_(parameter)
        nn.init.constant_(self.classify.bias[:1], -3.0)

    def forward(
        self,
        x: Tensor,
        place: Tensor,
        position: nn.Module,
        memory: Tensor,
        shapes: list[tuple[int, int]],
        blocked: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Queries [N, T, C] and box logits [N, T, 4] -> both, refined."""
        boxes = torch.sigmoid(place)
        positions = position(boxes)
        x = x + self.attention(rms_norm(x), positions, blocked)
        x = x + self.look(rms_norm(x) + positions, boxes, memory, shapes)
        x = x + self.feed_forward(rms_norm(x))
        return x, place + self.refine(rms_norm(x)).to(place.dtype)

    def heads(self, x: Tensor, place: Tensor) -> Layer:
        """Everything else that this layer says about its queries."""
        x = rms_norm(x)
        values = self.classify(x).to(place.dtype)
        boxes = torch.sigmoid(place)
        tips = boxes[..., :2] + 0.5 * values[..., 2 + SLOTS :] * boxes[..., 2:]
        return Layer(boxes, values[..., :2], values[..., 2 : 2 + SLOTS], tips, self.mask(x).to(place.dtype))


class NailRtdetr(nn.Module):
    """Nails of an image as a set: boxes, scores, masks, fingers and tips.

    forward: image [N, 3, H, W], normalised -> boxes [N, Q, 4] (cxcywh, 0..1), scores [N, Q, 2] (logits: is a nail; IoU
    of its mask), masks [N, Q, H/2, W/2] (logits), fingers [N, Q, 5] (logits), tips [N, Q, 2] (0..1); and one a finger:
    nail_masks [N, 5, H/2, W/2], nail_scores [N, 5, 1] (logit), nail_keypoints [N, 5, 2] (tip, 0..1). Q = FREE.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 32, 3, 2)  # 32 x 128 x 128
        self.stage4 = nn.Sequential(conv_bn(32, 64, 3, 2), Residual(64))  # 64 x 64 x 64
        self.stage8 = nn.Sequential(conv_bn(64, 128, 3, 2), Residual(128), Residual(128))  # 128 x 32 x 32
        self.stage16 = nn.Sequential(conv_bn(128, 192, 3, 2), Residual(192), Residual(192))  # 192 x 16 x 16
        self.stage32 = nn.Sequential(conv_bn(192, 256, 3, 2), Residual(256))  # 256 x 8 x 8
        self.encoder = Encoder()
        self.fuse4, self.mix4 = Fuse(CHANNELS, 64, 64), conv_bn(64, 64)
        self.fuse2, self.mix2 = Fuse(64, 32, 32), conv_bn(32, 32)
        self.pixel = nn.Conv2d(32, MASK_CHANNELS, 1)

        self.propose = Dense(CHANNELS, CHANNELS)
        self.propose_scores = Dense(CHANNELS, 1 + SLOTS)
        self.propose_boxes = Dense(CHANNELS, 4)
        self.slots = nn.Parameter(torch.randn(SLOTS, CHANNELS))
        self.noisy = nn.Parameter(torch.randn(CHANNELS))  # the content of a denoising query
        self.position = mlp(4, CHANNELS, CHANNELS)
        self.decoder = nn.Sequential(*(DecoderLayer() for _ in range(LAYERS)))
        # A prior of about 1 % keeps the scores' loss stable at the start (RetinaNet, Lin et al. 2017).
        nn.init.constant_(self.propose_scores.bias, -4.6)
        nn.init.zeros_(self.propose_boxes.weight)
        nn.init.zeros_(self.propose_boxes.bias)

    @staticmethod
    def anchors(shapes: list[tuple[int, int]], device: torch.device) -> tuple[Tensor, Tensor]:
        """Cell centres [S, 2] (0..1) and the logits [S, 4] of a box on each: 1.5 cells of its level wide."""
        centers, boxes = [], []
        for h, w in shapes:
            y, x = torch.meshgrid(torch.arange(h, device=device), torch.arange(w, device=device), indexing="ij")
            center = torch.stack([(x + 0.5) / w, (y + 0.5) / h], -1).reshape(-1, 2)
            wide, high = (torch.full_like(center[:, :1], 1.5 / side) for side in (w, h))
            centers.append(center)
            boxes.append(torch.logit(torch.cat([center, wide, high], 1)))
        return torch.cat(centers), torch.cat(boxes)

    def _features(self, image: Tensor) -> tuple[Tensor, list[tuple[int, int]], Tensor]:
        """Memory [N, S, C], its levels' shapes, and pixel features [N, M, H/2, W/2]."""
        s2 = self.stem(image)
        s4 = self.stage4(s2)
        s8 = self.stage8(s4)
        s16 = self.stage16(s8)
        levels = self.encoder(s8, s16, self.stage32(s16))
        shapes = [(h, w) for _, _, h, w in map(sizes, levels)]
        x = self.mix4(self.fuse4(levels[0], s4))
        pixels = self.pixel(self.mix2(self.fuse2(x, s2)))
        return torch.cat([tokens(level) for level in levels], 1), shapes, pixels

    def _choose(self, scores: Tensor) -> Tensor:
        """Cells [N, SLOTS + FREE] that become queries: the best of each finger, then the best of all."""
        by_kind = scores.transpose(1, 2)
        return torch.cat([by_kind[:, 1:].argmax(2), by_kind[:, 0].topk(FREE, 1).indices], 1)

    def _layers(self) -> list[DecoderLayer]:
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def predict(self, image: Tensor, denoising: Denoising | None = None) -> Prediction:
        """Every layer's outputs, for training. image: sides are multiples of 32."""
        memory, shapes, pixels = self._features(image)
        centers, anchors = self.anchors(shapes, image.device)
        proposed = functional.relu(self.propose(rms_norm(memory)))
        scores = self.propose_scores(proposed).float()
        places = self.propose_boxes(proposed).float() + anchors
        index = self._choose(scores.detach())
        x, place = select(proposed, index).float(), select(places, index).detach()
        x = x + torch.cat([self.slots, self.slots.new_zeros(FREE, CHANNELS)])
        blocked = None
        if denoising is not None:
            x = torch.cat([x, self.noisy.expand(len(x), denoising.boxes.shape[1], -1)], 1)
            place = torch.cat([place, denoising.boxes], 1)
            blocked = denoising.blocked
        layers = []
        for layer in self._layers():
            x, place = layer(x, place, self.position, memory, shapes, blocked)
            layers.append(layer.heads(x, place))
            place = place.detach()
        return Prediction(scores, torch.sigmoid(places), centers, layers, pixels)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        _, _, height, width = sizes(image)
        right, bottom = -width % 32, -height % 32
        image = pad(image, right, bottom)
        memory, shapes, pixels = self._features(image)
        _, anchors = self.anchors(shapes, image.device)
        proposed = functional.relu(self.propose(rms_norm(memory)))
        index = self._choose(self.propose_scores(proposed))
        x = select(proposed, index)
        place = self.propose_boxes(x) + select(anchors[None].expand(sizes(x)[0], -1, -1), index)
        x = x + torch.cat([self.slots, self.slots.new_zeros(FREE, CHANNELS)])
        for layer in self._layers():
            x, place = layer(x, place, self.position, memory, shapes)
        last: Layer = layer.heads(x, place)
        masks = mask_logits(last.masks, last.boxes, pixels)
        masks = masks[:, :, : height // MASK_STRIDE, : width // MASK_STRIDE]
        boxes, tips = last.boxes, last.tips
        if right or bottom:
            scale = torch.tensor([1 + right / width, 1 + bottom / height], dtype=tips.dtype, device=tips.device)
            boxes, tips = boxes * scale.repeat(2), tips * scale
        free = [x[:, SLOTS:] for x in (boxes, last.scores, masks, last.fingers, tips)]
        return (*free, masks[:, :SLOTS], last.scores[:, :SLOTS, :1], tips[:, :SLOTS])
