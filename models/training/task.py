"""What a network's module gives the trainer: its losses, its check on `val`, its pictures."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from PIL import Image
from torch import Tensor, nn


@dataclass(frozen=True)
class Task:
    """One network's training.

    losses: functions of the network that make a batch and return a scalar; shares: how often each is drawn;
    validate: figures by name, from the averaged network on the training device; examples: a few photos with what the
    averaged network sees drawn in.
    """

    losses: Sequence[Callable[[nn.Module], Tensor]]
    shares: Sequence[float]
    validate: Callable[[nn.Module], dict[str, float]]
    examples: Callable[[nn.Module], list[Image.Image]] | None = None


# The module of each network that can be trained. Each has `task(options) -> Task`.
MODULES = {
    "hand_detector": "models.training.hands",
    "nail_heatmap": "models.training.heatmap",
    "nail_heatmap_teacher": "models.training.heatmap",
    "nail_patch": "models.training.patch",
    "nail_patch_r6d": "models.training.patch",
    "nail_patch_teacher": "models.training.patch",
    "nail_rtdetr": "models.training.rtdetr",
}


def task(options: Namespace) -> Task:
    """The task of options.network."""
    made: Task = import_module(MODULES[options.network]).task(options)
    return made
