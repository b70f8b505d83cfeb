"""Pass 1: where the nails are. Shapes below are for a 256x256 input; any multiples of 64 work."""

from torch import Tensor, nn

from models.networks.blocks import Fuse, InvertedResidual, channels, conv_bn, separable
from models.spec import FINGERS


class NailHeatmap(nn.Module):
    """Finger heatmaps, nail geometry and visibility from an image.

    forward: image [N, 3, H, W], normalised -> (heatmap logits [N, 5, H/4, W/4], geometry [N, 6, H/4, W/4],
    visible logits [N, 5]). Channels as in `models.spec.NAIL_HEATMAP`.
    """

    def __init__(self, width: float = 1.0, depth: int = 2) -> None:
        """width: factor on every number of channels; depth: residual blocks a stage. The defaults are what ships."""
        super().__init__()
        c2, c4, c8, c16, c32 = (channels(c, width) for c in (16, 24, 40, 80, 136))
        p16, p8, p4, head = (channels(c, width) for c in (64, 40, 24, 32))
        self.stem = conv_bn(3, c2, 3, 2)  # 16 x 128 x 128
        self.stage4 = nn.Sequential(separable(c2, c4, 3, 2), separable(c4, c4, 3))  # 24 x 64 x 64
        self.stage8 = nn.Sequential(
            separable(c4, c8, 5, 2), InvertedResidual(c8, 1.5, 3), *(InvertedResidual(c8, 1.5) for _ in range(1, depth))
        )  # 40 x 32 x 32
        self.stage16 = nn.Sequential(
            separable(c8, c16, 5, 2), *(InvertedResidual(c16, 2) for _ in range(depth))
        )  # 80 x 16 x 16
        self.stage32 = nn.Sequential(
            separable(c16, c32, 5, 2), *(InvertedResidual(c32, 2.5) for _ in range(depth))
        )  # 136 x 8 x 8
        self.fuse16 = Fuse(c32, c16, p16)
        self.mix16 = separable(p16, p16, 5)
        self.fuse8 = Fuse(p16, c8, p8)
        self.mix8 = separable(p8, p8, 5)
        self.fuse4 = Fuse(p8, c4, p4)
        self.mix4 = separable(p4, head, 3)  # 32 x 64 x 64
        self.heatmap = nn.Conv2d(head, len(FINGERS), 1)
        self.geometry = nn.Conv2d(head, 6, 1)
        self.visible = nn.Linear(c32, len(FINGERS))
        # A prior of about 1 % keeps the focal loss stable at the start (RetinaNet, Lin et al. 2017).
        nn.init.constant_(self.heatmap.bias, -4.6)  # type: ignore[arg-type]

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        s4 = self.stage4(self.stem(image))
        s8 = self.stage8(s4)
        s16 = self.stage16(s8)
        s32 = self.stage32(s16)
        x = self.mix16(self.fuse16(s32, s16))
        x = self.mix8(self.fuse8(x, s8))
        x = self.mix4(self.fuse4(x, s4))
        return self.heatmap(x), self.geometry(x), self.visible(s32.mean((2, 3)))
