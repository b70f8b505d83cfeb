"""Pass 2: one nail's mask, base and tip from a 64x64 patch."""

from torch import Tensor, nn

from models.networks.blocks import Fuse, InvertedResidual, Upsample, channels, conv_bn, separable


class NailPatch(nn.Module):
    """Keypoint heatmaps, mask and confidence of the nail at the patch's centre.

    forward: patches [N, 3, 64, 64], normalised -> (base and tip logits [N, 2, 32, 32], mask logits [N, 1, 64, 64],
    confidence logit [N, 1]).
    """

    def __init__(self, width: float = 1.0, depth: int = 2) -> None:
        """width: factor on every number of channels; depth: residual blocks a stage. The defaults are what ships."""
        super().__init__()
        c2, c4, c8, c16 = (channels(c, width) for c in (16, 32, 64, 120))
        p8, p4, p2, head = (channels(c, width) for c in (48, 32, 24, 32))
        self.stem = conv_bn(3, c2, 3, 2)  # 16 x 32 x 32
        self.stage4 = nn.Sequential(
            separable(c2, c4, 3, 2), InvertedResidual(c4, 2, 3), *(InvertedResidual(c4, 2) for _ in range(1, depth))
        )  # 32 x 16 x 16
        self.stage8 = nn.Sequential(
            separable(c4, c8, 5, 2), *(InvertedResidual(c8, 2) for _ in range(depth))
        )  # 64 x 8 x 8
        self.stage16 = nn.Sequential(
            separable(c8, c16, 5, 2), *(InvertedResidual(c16, 2.5) for _ in range(depth))
        )  # 120 x 4 x 4
        self.fuse8 = Fuse(c16, c8, p8)
        self.mix8 = InvertedResidual(p8, 1.5)
        self.fuse4 = Fuse(p8, c4, p4)
        self.mix4 = InvertedResidual(p4, 1.5)
        self.fuse2 = Fuse(p4, c2, p2)
        self.mix2 = separable(p2, head, 3)  # 32 x 32 x 32
        self.keypoints = nn.Conv2d(head, 2, 1)
        self.mask = Upsample(head, 1)
        self.confidence = nn.Linear(c16, 1)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        s2 = self.stem(patches)
        s4 = self.stage4(s2)
        s8 = self.stage8(s4)
        return self.heads(s2, s4, s8, self.stage16(s8))

    def heads(self, s2: Tensor, s4: Tensor, s8: Tensor, s16: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The outputs from the features at strides 2 to 16."""
        x = self.mix8(self.fuse8(s16, s8))
        x = self.mix4(self.fuse4(x, s4))
        x = self.mix2(self.fuse2(x, s2))
        return self.keypoints(x), self.mask(x), self.confidence(s16.mean((2, 3)))
