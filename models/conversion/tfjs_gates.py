"""Gates of the TF.js step: fused operators, weights within rounding, and the graph's numbers on the WASM backend."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversion import cli, gates
from models.conversion.errors import ConversionError, GateError
from models.conversion.gates import Array, Difference, Stage, compare
from models.conversion.kept_detections import kept_detections
from models.conversion.node_runner import TfjsRunner
from models.conversion.tfjs_files import GraphModel
from models.spec import ModelSpec

FUSED = ("_FusedConv2D", "FusedDepthwiseConv2dNative")
CONVOLUTIONS = (*FUSED, "Conv2D", "DepthwiseConv2dNative")

# Largest absolute difference of a raw output between TF.js in float32 and the exact graph. Rounding on trained networks
# reaches 2.8e-4; for scale, float16 weights move the same outputs by 0.1 to 0.4.
BOUND = 1e-3


def check_fused(model: GraphModel) -> None:
    """Raises ConversionError for a bias or ReLU6 that stands alone behind a convolution: a pass over memory each."""
    by_name = {node["name"]: node for node in model.nodes()}
    for node in model.nodes():
        sources = [by_name[name.split(":")[0]] for name in node.get("input", [])[:2]]
        # AddV2 and Relu6 after a sum of two layers stand alone rightly: only a constant is a bias.
        bias = node["op"] == "BiasAdd" or (node["op"] == "AddV2" and any(s["op"] == "Const" for s in sources))
        # Behind a convolution without a bias (all zero, as at the start of training) the converter fuses no ReLU6.
        relu = node["op"] == "Relu6" and sources[0]["op"] in FUSED
        if relu or (bias and sources[0]["op"] in CONVOLUTIONS):
            raise ConversionError(
                f"node {node['name']!r} ({node['op']}) is not fused into {sources[0]['name']!r} ({sources[0]['op']}); "
                "expected one fused operator: check that the bias is a rank 1 constant and has one user"
            )


def rounding_bound(weight: NDArray[Any], dtype: str) -> NDArray[np.float64]:
    """The largest rounding error that a sound quantisation leaves on each value.

    float16: half a unit in the last place (relative 2^-11, absolute 2^-25 for subnormals). uint8: half a step of the
    affine scale over the tensor's range. Plus one part in a million for float32 itself.
    """
    exact = weight.astype(np.float64)
    if dtype == "float16":
        return np.maximum(np.abs(exact) * 2.0**-11, 2.0**-25)
    step = (exact.max() - exact.min()) / 255
    return np.full(exact.shape, step / 2 + np.abs(exact).max() * 1e-6)


def check_weights(exact: GraphModel, stored: GraphModel, dtype: str) -> None:
    """Raises GateError for a weight beyond its rounding bound, for any other constant that changed at all, and for
    a topology that differs."""
    if (
        exact.document["modelTopology"] != stored.document["modelTopology"]
        or exact.weights.keys() != stored.weights.keys()
    ):
        raise GateError(f"the {dtype} graph differs from the float32 graph; quantisation must change weights only")
    storage = exact.storage(dtype)
    worst = 0.0
    for name, expected in exact.weights.items():
        actual = stored.weights[name]
        if name not in storage:
            if actual.dtype != expected.dtype or not np.array_equal(actual, expected):
                raise GateError(f"constant {name!r} is no weight of a convolution but changed; expected it bit for bit")
            continue
        difference = np.abs(actual.astype(np.float64) - expected)
        bound = rounding_bound(expected, storage[name])
        excess = np.where(np.isfinite(difference), difference / bound, np.inf)
        worst = max(worst, float(excess.max()))
        if worst > 1:
            at = int(excess.argmax())
            raise GateError(
                f"gate {dtype} weights failed: node {name!r}, value {at}: "
                f"difference {difference.flat[at]:.3g} > bound {bound.flat[at]:.3g}. "
                f"Expected {storage[name]} rounding and no more: a value may be outside the range of {storage[name]}"
            )
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(storage.values()).items()))
    cli.progress(f"gate {dtype} weights: {kinds}, worst error {worst:.3f} of its rounding bound")


class _Recorded:
    """Outputs of inputs that were all run beforehand: Node starts once, not once an input."""

    def __init__(self, runner: TfjsRunner, images: Sequence[Array]) -> None:
        self._outputs = {id(i): o for i, o in zip(images, runner.run_all(images), strict=True)}

    def __call__(self, image: Array) -> dict[str, Array]:
        return self._outputs[id(image)]


def differences_on_wasm(
    model: Path, spec: ModelSpec, reference: Stage, images: Sequence[Array], node_modules: Path, strict: bool = True
) -> list[Difference]:
    """The worst difference of every output between a TF.js model, on the WASM backend in Node, and the reference.

    Of a network with queries: of every kept detection; strict: the same number of them has to be kept.
    """
    stage: Stage = _Recorded(TfjsRunner(model, [output.name for output in spec.outputs], node_modules), images)
    if "queries" in spec.constants:
        reference, stage = kept_detections("TF.js", reference, stage, strict)
    return compare(reference, stage, images)


def check_outputs(differences: Sequence[Difference], count: int) -> None:
    """Raises GateError where the float32 TF.js graph leaves the SavedModel by more than the bound."""
    gates.report("TF.js float32 (WASM)", "SavedModel", differences, BOUND, count)
    worst = max(differences, key=lambda d: d.value)
    if worst.value > BOUND:
        raise GateError(gates.describe("TF.js float32 (WASM)", "SavedModel", worst, worst.tensor, BOUND))
