"""Pass 2: one nail's mask, base and tip from a 64x64 patch."""

from torch import Tensor, nn

from models.networks.blocks import Fuse, InvertedResidual, Upsample, conv_bn, separable


class NailPatch(nn.Module):
    """Keypoint heatmaps, mask and confidence of the nail at the patch's centre.

    forward: patches [N, 3, 64, 64], normalised -> (base and tip logits [N, 2, 32, 32], mask logits [N, 1, 64, 64],
    confidence logit [N, 1]).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 16, 3, 2)  # 16 x 32 x 32
        self.stage4 = nn.Sequential(
            separable(16, 32, 3, 2), InvertedResidual(32, 2, 3), InvertedResidual(32, 2)
        )  # 32 x 16 x 16
        self.stage8 = nn.Sequential(
            separable(32, 64, 5, 2), InvertedResidual(64, 2), InvertedResidual(64, 2)
        )  # 64 x 8 x 8
        self.stage16 = nn.Sequential(
            separable(64, 120, 5, 2), InvertedResidual(120, 2.5), InvertedResidual(120, 2.5)
        )  # 120 x 4 x 4
        self.fuse8 = Fuse(120, 64, 48)
        self.mix8 = InvertedResidual(48, 1.5)
        self.fuse4 = Fuse(48, 32, 32)
        self.mix4 = InvertedResidual(32, 1.5)
        self.fuse2 = Fuse(32, 16, 24)
        self.mix2 = separable(24, 32, 3)  # 32 x 32 x 32
        self.keypoints = nn.Conv2d(32, 2, 1)
        self.mask = Upsample(32, 1)
        self.confidence = nn.Linear(120, 1)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        s2 = self.stem(patches)
        s4 = self.stage4(s2)
        s8 = self.stage8(s4)
        s16 = self.stage16(s8)
        x = self.mix8(self.fuse8(s16, s8))
        x = self.mix4(self.fuse4(x, s4))
        x = self.mix2(self.fuse2(x, s2))
        return self.keypoints(x), self.mask(x), self.confidence(s16.mean((2, 3)))
