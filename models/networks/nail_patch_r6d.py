"""Pass 2 with the nail's rotation in space."""

from torch import Tensor, nn

from models.networks.blocks import conv_bn
from models.networks.nail_patch import NailPatch


class NailPatchR6d(NailPatch):
    """`NailPatch` and a branch for the rotation.

    forward: patches [N, 3, 64, 64], normalised -> NailPatch's three outputs and [N, 6]: the rotation matrix's first two
    columns (axis from base to tip, then across) before Gram-Schmidt, in the patch's frame: x right, y down, z away
    (Zhou et al. 2019, On the Continuity of Rotation Representations in Neural Networks).
    """

    def __init__(self) -> None:
        super().__init__()
        features = self.confidence.in_features
        # Where on the patch a feature lies says as much about the rotation as how strong it is: no mean over the cells.
        self.turn = nn.Sequential(conv_bn(features, 32, 1), nn.Conv2d(32, 48, 4), nn.ReLU6(inplace=True))
        self.rotation = nn.Conv2d(48, 6, 1)

    def forward(self, patches: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        s2 = self.stem(patches)
        s4 = self.stage4(s2)
        s8 = self.stage8(s4)
        s16 = self.stage16(s8)
        rotation = self.rotation(self.turn(s16)).mean((2, 3))
        return *self.heads(s2, s4, s8, s16), rotation
