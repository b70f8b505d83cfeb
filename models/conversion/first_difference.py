"""Finds the first layer at which a converted graph leaves PyTorch's path, so that a failed gate can name it.

The ONNX exporter names nodes after the modules they come from and onnx-tf is made to keep those scopes, so layers are
matched by name: module `net.stem.0` is scope `net/stem/stem.0`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def scope(path: str) -> str:
    """Module path -> scope in the exported graph; a Sequential's children carry its name: `stem.0` -> `stem/stem.0`."""
    parts: list[str] = []
    for part in path.split("."):
        parts.append(f"{parts[-1]}.{part}" if part.isdigit() and parts else part)
    return "/".join(parts)


def layer_outputs(network: Any, image: Array) -> dict[str, Array]:
    """Output of every convolution, ReLU6 and linear layer by scope, in the order they run.

    A convolution followed by batch norm stands with the norm's output: the exporter folds the two.
    """
    import torch
    from torch import nn

    found: dict[str, Array] = {}

    def hook(name: str, kind: str) -> Any:
        def remember(_module: Any, _inputs: Any, output: Any) -> None:
            key = next(reversed(found)) if kind == "norm" else scope(name)
            found[key] = output.detach().clone().numpy()

        return remember

    kinds = {nn.Conv2d: "layer", nn.Linear: "layer", nn.ReLU6: "layer", nn.BatchNorm2d: "norm"}
    handles = [
        module.register_forward_hook(hook(name, kinds[type(module)]))
        for name, module in network.named_modules()
        if type(module) in kinds
    ]
    try:
        with torch.no_grad():
            network(torch.from_numpy(image))
    finally:
        for handle in handles:
            handle.remove()
    return found


def distance(expected: Array, actual: Array) -> float:
    """Largest difference, the layout (NCHW or NHWC) chosen in the graph's favour; infinite if neither fits."""
    candidates = [actual]
    if actual.ndim == 4:
        candidates.append(actual.transpose(0, 3, 1, 2))
    fitting = [np.abs(expected - c).max(initial=0.0) for c in candidates if c.shape == expected.shape]
    value = min(fitting, default=np.inf)
    return float(value) if np.isfinite(value) else float("inf")


def first_difference(network: Any, stage: Any, image: Array, bound: float) -> str | None:
    """The first node that is further than the bound from its PyTorch layer; None if no named layer is."""
    expected = layer_outputs(network, image)
    # The last node of a scope gives the layer's result: a convolution's bias comes after the convolution.
    last: dict[str, tuple[str, str]] = {}
    for node, tensor in stage.nodes:
        for key in expected:
            if node.lstrip("/").startswith(key + "/"):
                last[key] = (node, tensor)
    matched = [key for key in expected if key in last]
    values = stage.tensors([last[key][1] for key in matched], image)
    for key, value in zip(matched, values, strict=True):
        # Inner activations may be large: float32 rounds them in proportion.
        if distance(expected[key], value) > bound * max(1.0, float(np.abs(expected[key]).max())):
            return last[key][0]
    return None
