"""Numeric gates: a converted network against the one before it, on real photos, raw outputs (DESIGN §3).

Both sides compute in double precision, so that the difference is the conversion's own. In float32 the rounding alone
reaches the bound on a trained network, by an amount that depends on the machine's convolutions: 1.2e-4 seen between
PyTorch and onnxruntime, 1.1e-4 from TensorFlow to the exact numbers, 0.2e-4 of them conversion (batch norm, folded).
What float32 does in the browser is gated in the TF.js step.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.conversion import cli
from models.conversion.errors import GateError
from models.conversion.first_difference import first_difference
from models.conversion.gate_inputs import gate_inputs
from models.conversion.kept_detections import kept_detections
from models.spec import ModelSpec

Array = NDArray[np.floating[Any]]

# Largest absolute difference of a raw output (logits, logarithms, cosines); logits reach 20.
BOUND = 1e-4


class Stage(Protocol):
    """A network in some form: input [N, H, W, 3] -> outputs by spec name."""

    def __call__(self, image: Array) -> dict[str, Array]: ...


@dataclass(frozen=True)
class Difference:
    """The largest absolute difference found in one output, and for which input."""

    tensor: str
    value: float
    image: Array


def largest_difference(expected: Array, actual: Array) -> float:
    """Maximum of |expected - actual|; infinite where a value is not finite or the shapes differ."""
    if expected.shape != actual.shape or not np.isfinite(actual).all():
        return float("inf")
    return float(np.abs(expected - actual).max(initial=0.0))


def compare(reference: Stage, stage: Stage, inputs: Sequence[Array]) -> list[Difference]:
    """The worst difference of every output over all inputs."""
    worst: dict[str, Difference] = {}
    for image in inputs:
        actual = stage(image)
        for name, expected in reference(image).items():
            value = largest_difference(expected, actual[name]) if name in actual else float("inf")
            if name not in worst or value > worst[name].value:
                worst[name] = Difference(name, value, image)
    return list(worst.values())


def torch_stage(spec: ModelSpec, network: Any) -> Stage:
    """The PyTorch network as a stage, in double precision."""
    import torch

    exact = copy.deepcopy(network).double()

    def run(image: Array) -> dict[str, Array]:
        with torch.no_grad():
            outputs = exact(torch.from_numpy(image).double())
        return {output.name: value.numpy() for output, value in zip(spec.outputs, outputs, strict=True)}

    return run


def describe(step: str, reference: str, worst: Difference, node: str, bound: float) -> str:
    """The message of a failed gate."""
    shape = "x".join(map(str, worst.image.shape))
    return (
        f"gate {step} against {reference} failed: node {node!r}, tensor {worst.tensor!r}: "
        f"difference {worst.value:.3g} > bound {bound:.3g} (max abs, input {shape}). "
        f"Expected {reference}'s numbers: look at how {step} converts that node, or at the weights it was given."
    )


def report(step: str, reference: str, differences: Sequence[Difference], bound: float, count: int) -> None:
    """One progress line with every output's difference and the bound."""
    values = ", ".join(f"{d.tensor} {d.value:.2g}" for d in differences)
    cli.progress(f"gate {step} against {reference}: {values} (bound {bound:g}, {count} inputs)")


def against_pytorch(step: str, spec: ModelSpec, network: Any, stage: Any, photos: Path, bound: float = BOUND) -> None:
    """Fails with GateError unless the stage gives PyTorch's outputs at every gate shape.

    stage: a `Stage` that also has `nodes` [(node, tensor)] and `tensors(names, image)`, so that the first node that
    differs can be named. Of a network with queries: the outputs of every kept detection.
    """
    inputs = gate_inputs(spec, photos)
    reference: Stage = torch_stage(spec, network)
    compared: Stage = stage
    if "queries" in spec.constants:
        reference, compared = kept_detections(step, reference, stage)
    differences = compare(reference, compared, inputs)
    report(step, "PyTorch", differences, bound, len(inputs))
    worst = max(differences, key=lambda d: d.value)
    if worst.value > bound:
        node = first_difference(network, stage, worst.image, bound) or f"output {worst.tensor}"
        raise GateError(describe(step, "PyTorch", worst, node, bound))
