"""Where the hands are, in a frame fitted into a square. Shapes below are for the 192x192 of the contract."""

from torch import Tensor, nn

from models.networks.blocks import Fuse, InvertedResidual, conv_bn, separable


class HandDetector(nn.Module):
    """One score and one box a cell, without anchors (FCOS, Tian et al. 2019; CenterNet, Zhou et al. 2019).

    forward: image [N, 3, H, W], normalised, H and W multiples of 32 -> (score logits [N, 1, H/16, W/16], boxes
    [N, 4, H/16, W/16]). Channels as in `models.spec.HAND_DETECTOR`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 12, 3, 2)  # 12 x 96 x 96
        self.stage4 = nn.Sequential(separable(12, 20, 3, 2), separable(20, 20, 3))  # 20 x 48 x 48
        self.stage8 = nn.Sequential(separable(20, 42, 5, 2), InvertedResidual(42, 1.5))  # 42 x 24 x 24
        self.stage16 = nn.Sequential(
            separable(42, 80, 5, 2), InvertedResidual(80, 2), InvertedResidual(80, 2)
        )  # 80 x 12 x 12
        self.stage32 = nn.Sequential(
            separable(80, 144, 5, 2), InvertedResidual(144, 2), InvertedResidual(144, 2)
        )  # 144 x 6 x 6
        self.fuse16 = Fuse(144, 80, 64)
        self.mix16 = nn.Sequential(separable(64, 64, 5), separable(64, 72, 5))  # 72 x 12 x 12
        self.score = nn.Conv2d(72, 1, 1)
        self.box = nn.Conv2d(72, 4, 1)
        # A prior of about 1 % keeps the focal loss stable at the start (RetinaNet, Lin et al. 2017).
        nn.init.constant_(self.score.bias, -4.6)  # type: ignore[arg-type]
        nn.init.constant_(self.box.bias, 0.75)  # type: ignore[arg-type]

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        s8 = self.stage8(self.stage4(self.stem(image)))
        s16 = self.stage16(s8)
        x = self.mix16(self.fuse16(self.stage32(s16), s16))
        return self.score(x), self.box(x)
