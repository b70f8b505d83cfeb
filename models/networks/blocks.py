"""Building blocks shared by the networks. Every block keeps to operators that all TF.js backends have."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def channels(count: int, width: float) -> int:
    """width times the count, as a multiple of 8."""
    return round(count * width / 8) * 8


def conv_bn(
    inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1, act: bool = True
) -> nn.Sequential:
    """Convolution, batch norm and, if asked for, ReLU6: one fused TF.js operation after export."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    if act:
        layers.append(nn.ReLU6(inplace=True))
    return nn.Sequential(*layers)


def separable(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Depthwise then pointwise convolution (MobileNet, Howard et al. 2017)."""
    return nn.Sequential(conv_bn(inputs, inputs, kernel, stride, inputs), conv_bn(inputs, outputs, 1))


class InvertedResidual(nn.Module):
    """Expand, depthwise, project, add (MobileNetV2, Sandler et al. 2018). [N, C, H, W] -> [N, C, H, W]."""

    def __init__(self, channels: int, expansion: float, kernel: int = 5) -> None:
        super().__init__()
        hidden = int(channels * expansion)
        self.body = nn.Sequential(
            conv_bn(channels, hidden, 1),
            conv_bn(hidden, hidden, kernel, 1, hidden),
            conv_bn(hidden, channels, 1, act=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class _DepthToSpace(torch.autograd.Function):
    """[N, 4C, H, W] -> [N, C, 2H, 2W] in ONNX's DCR order, which is TensorFlow's depth_to_space."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        x = x.reshape(n, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
        return x.reshape(n, c // 4, h * 2, w * 2)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        n, c, h, w = grad.shape
        grad = grad.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
        return grad.reshape(n, c * 4, h // 2, w // 2)

    @staticmethod
    def symbolic(g: Any, x: Any) -> Any:
        return g.op("DepthToSpace", x, blocksize_i=2, mode_s="DCR")


def depth_to_space(x: Tensor) -> Tensor:
    """[N, 4C, H, W] -> [N, C, 2H, 2W], ONNX's DCR order."""
    return _DepthToSpace.apply(x)


class Upsample(nn.Module):
    """Learned 2x upsampling: a pointwise convolution at the coarse size, then depth-to-space (Shi et al. 2016).

    Unlike a resize it holds no spatial constant, so one exported graph serves every input size.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.expand = nn.Conv2d(inputs, outputs * 4, 1)
        # All four sub-pixels start equal: nearest-neighbour upsampling, free of checkerboards.
        with torch.no_grad():
            weight = self.expand.weight[:outputs].clone()
            self.expand.weight.copy_(weight.repeat(4, 1, 1, 1))
            self.expand.bias.zero_()  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        return depth_to_space(self.expand(x))


class Fuse(nn.Module):
    """One step of a feature pyramid: upsample the coarse map, add the lateral one (Lin et al. 2017)."""

    def __init__(self, coarse: int, lateral: int, outputs: int) -> None:
        super().__init__()
        self.up = Upsample(coarse, outputs)
        self.lateral = conv_bn(lateral, outputs, 1, act=False)

    def forward(self, coarse: Tensor, lateral: Tensor) -> Tensor:
        return functional.relu6(self.up(coarse) + self.lateral(lateral))
