"""Pass 1: where the nails are. Shapes below are for a 256x256 input; any multiples of 64 work."""

from torch import Tensor, nn

from models.networks.blocks import Fuse, InvertedResidual, conv_bn, separable
from models.spec import FINGERS


class NailHeatmap(nn.Module):
    """Finger heatmaps, nail geometry and visibility from an image.

    forward: image [N, 3, H, W], normalised -> (heatmap logits [N, 5, H/4, W/4], geometry [N, 6, H/4, W/4],
    visible logits [N, 5]). Channels as in `models.spec.NAIL_HEATMAP`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 16, 3, 2)  # 16 x 128 x 128
        self.stage4 = nn.Sequential(separable(16, 24, 3, 2), separable(24, 24, 3))  # 24 x 64 x 64
        self.stage8 = nn.Sequential(
            separable(24, 40, 5, 2), InvertedResidual(40, 1.5, 3), InvertedResidual(40, 1.5)
        )  # 40 x 32 x 32
        self.stage16 = nn.Sequential(
            separable(40, 80, 5, 2), InvertedResidual(80, 2), InvertedResidual(80, 2)
        )  # 80 x 16 x 16
        self.stage32 = nn.Sequential(
            separable(80, 136, 5, 2), InvertedResidual(136, 2.5), InvertedResidual(136, 2.5)
        )  # 136 x 8 x 8
        self.fuse16 = Fuse(136, 80, 64)
        self.mix16 = separable(64, 64, 5)
        self.fuse8 = Fuse(64, 40, 40)
        self.mix8 = separable(40, 40, 5)
        self.fuse4 = Fuse(40, 24, 24)
        self.mix4 = separable(24, 32, 3)  # 32 x 64 x 64
        self.heatmap = nn.Conv2d(32, len(FINGERS), 1)
        self.geometry = nn.Conv2d(32, 6, 1)
        self.visible = nn.Linear(136, len(FINGERS))
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
