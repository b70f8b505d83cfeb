"""The networks by name, their checkpoints, and the NHWC form that is exported."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from models.networks.attention import DeformableAttention
from models.networks.hand_detector import HandDetector
from models.networks.nail_heatmap import NailHeatmap
from models.networks.nail_patch import NailPatch
from models.networks.nail_patch_r6d import NailPatchR6d
from models.networks.nail_rtdetr import NailRtdetr

# The teachers are trained with the same code and never shipped: only their word is, in what they taught.
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "hand_detector": HandDetector,
    "nail_heatmap": NailHeatmap,
    "nail_heatmap_teacher": partial(NailHeatmap, width=2.4, depth=3),
    "nail_patch": NailPatch,
    "nail_patch_r6d": NailPatchR6d,
    "nail_patch_teacher": partial(NailPatch, width=2.0, depth=3),
    "nail_rtdetr": NailRtdetr,
}


def build(name: str) -> nn.Module:
    """A network with random weights. Raises KeyError for an unknown name."""
    return NETWORKS[name]()


def load(name: str, path: Path) -> nn.Module:
    """The network with the checkpoint's weights, float32, in evaluation mode.

    Raises ValueError when the file holds another network's weights, FileNotFoundError when there is none.
    """
    net = build(name)
    weights = {key: value.float() for key, value in load_file(path).items()}
    # Batch norm's counters are not stored: inference does not use them.
    expected = {key: value.shape for key, value in net.state_dict().items() if not key.endswith("num_batches_tracked")}
    missing = [key for key in expected if key not in weights]
    unexpected = [key for key, value in weights.items() if expected.get(key) != value.shape]
    if missing or unexpected:
        raise ValueError(f"{path.name} is no checkpoint of {name}: missing {missing[:3]}, unexpected {unexpected[:3]}")
    net.load_state_dict(weights, strict=False)
    return net.eval()


def save(net: nn.Module, path: Path) -> None:
    """Writes the weights as float16 (counters of batch norm are left out: inference does not use them)."""
    state = {k: v.half().contiguous() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    save_file(state, path)


class ExportWrapper(nn.Module):
    """NHWC in, NHWC out: what the browser sees. Rank-2 outputs pass unchanged, RT-DETR's masks [N, Q, H, W] too."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        for module in net.modules():
            if isinstance(module, DeformableAttention):
                module.exportable = True

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        outputs: tuple[Tensor, ...] = self.net(image.permute(0, 3, 1, 2))
        if isinstance(self.net, NailRtdetr):
            return outputs
        return tuple(x.permute(0, 2, 3, 1) if x.dim() == 4 else x for x in outputs)


def multiply_adds(net: nn.Module, shape: tuple[int, int, int, int]) -> int:
    """Multiply-adds of the convolutions and linear layers for an NCHW input shape."""
    total = 0

    def count(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += output.numel() * module.in_features

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    with torch.no_grad():
        net.eval()(torch.zeros(shape))
    for hook in hooks:
        hook.remove()
    return total
