"""A TF.js graph model's files (model.json and shards), in a canonical order so that equal models are equal bytes."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversion.graph_passes import topological_order
from models.conversion.quiet_tensorflow import tensorflow
from models.spec import ModelSpec

# Values; a weight of fewer is cheap in float16 (`GraphModel.storage`). Stems, heads and laterals are such.
SMALL = 4096
SHARD_BYTES = 4 * 1024 * 1024
MODEL = "model.json"
# Operators whose second input is a weight: the only constants worth quantising.
WEIGHT_OPS = (
    "Conv2D",
    "DepthwiseConv2dNative",
    "MatMul",
    "_FusedConv2D",
    "FusedDepthwiseConv2dNative",
    "_FusedMatMul",
)

DEPTHWISE_OPS = ("DepthwiseConv2dNative", "FusedDepthwiseConv2dNative")

Weights = dict[str, NDArray[Any]]


@dataclass
class GraphModel:
    """model.json without its weights manifest, and the constants by node name."""

    document: dict[str, Any]
    weights: Weights

    def nodes(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.document["modelTopology"]["node"]
        return nodes

    def ops(self) -> Counter[str]:
        """Operator counts, constants left out."""
        return Counter(node["op"] for node in self.nodes() if node["op"] != "Const")

    def storage(self, dtype: str) -> dict[str, str]:
        """How weights of convolutions and matrix products are stored: name -> "float16" or "uint8", in order of names.

        Biases and index tables are left out: they stay as they are. For "uint8", depthwise and small weights are
        float16: a tensor has one scale, and batch norm, once folded in, spreads its channels over orders of magnitude.
        Mask agreement with float32 on the samples' nails, trained weights: 0.93 with all in uint8, 0.971 with depthwise
        in float16, 0.983 with those under 2048 values too, 0.996 under 4096, for a fifth more bytes.
        """
        found = {}
        for node in self.nodes():
            name = node["input"][1].split(":")[0] if node["op"] in WEIGHT_OPS else ""
            if name in self.weights:
                small = node["op"] in DEPTHWISE_OPS or self.weights[name].size < SMALL
                found[name] = "float16" if small else dtype
        return dict(sorted(found.items())) if dtype != "float32" else {}


def read(directory: Path) -> GraphModel:
    """The model of a folder, its weights dequantised."""
    tensorflow()
    from tensorflowjs import read_weights

    document = json.loads((directory / MODEL).read_text())
    groups = read_weights.read_weights(document.pop("weightsManifest"), str(directory))
    return GraphModel(document, {entry["name"]: entry["data"] for group in groups for entry in group})


def canonical(model: GraphModel, spec: ModelSpec) -> GraphModel:
    """Nodes in topological order, weights by name, a signature with the spec's names and nothing else."""
    by_name = {node["name"]: node for node in model.nodes()}
    sources = {name: [source.split(":")[0] for source in node.get("input", [])] for name, node in by_name.items()}
    topology = {
        "node": [by_name[name] for name in topological_order(sources)],
        "versions": model.document["modelTopology"].get("versions", {}),
        "library": {},
    }

    def entry(name: str, shape: tuple[int | None, ...]) -> dict[str, Any]:
        dimensions = [{"size": str(-1 if size is None else size)} for size in shape]
        return {"name": f"{name}:0", "dtype": "DT_FLOAT", "tensorShape": {"dim": dimensions}}

    signature = {
        "inputs": {spec.input.name: entry(spec.input.name, spec.input.shape)},
        "outputs": {output.name: entry(output.name, output.shape) for output in spec.outputs},
    }
    document = {**model.document, "modelTopology": topology, "signature": signature}
    return GraphModel(document, {name: model.weights[name] for name in sorted(model.weights)})


def write(model: GraphModel, dtype: str, directory: Path) -> None:
    """Writes model.json and shards of at most SHARD_BYTES into an emptied folder.

    dtype: "float32", or "float16" or "uint8" for the weights that `GraphModel.storage` names.
    """
    tensorflow()
    from tensorflowjs import write_weights

    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    # ascontiguousarray makes a vector of a scalar, and TF.js an axis more of a tensor gathered by one.
    group = [
        {"name": name, "data": np.ascontiguousarray(data).reshape(data.shape)} for name, data in model.weights.items()
    ]
    storage = model.storage(dtype)
    patterns = {kind: [name for name, k in storage.items() if k == kind] for kind in sorted(set(storage.values()))}
    manifest = write_weights.write_weights(
        [group],
        str(directory),
        shard_size_bytes=SHARD_BYTES,
        write_manifest=False,
        quantization_dtype_map=patterns,
    )
    document = {**model.document, "weightsManifest": manifest}
    (directory / MODEL).write_text(json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n")
