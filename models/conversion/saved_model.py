"""Frozen graphs as SavedModels with nothing in them but a graph and a signature, so that equal graphs are equal bytes.

`tf.saved_model.save` adds function names with counters and a random fingerprint; the protocol buffer written here is
what TensorFlow calls a version 1 SavedModel, readable by `tf.saved_model.load`, `saved_model_cli` and tensorflowjs.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversion.errors import ConversionError
from models.conversion.quiet_tensorflow import tensorflow
from models.spec import ModelSpec

SIGNATURE = "serving_default"
FILE = "saved_model.pb"


@dataclass
class FrozenGraph:
    """A GraphDef without variables, its input and its outputs: spec name -> tensor name."""

    graph_def: Any
    inputs: dict[str, str]
    outputs: dict[str, str]

    def ops(self) -> Counter[str]:
        """Operator counts, constants left out."""
        return Counter(node.op for node in self.graph_def.node if node.op != "Const")


def write(graph: FrozenGraph, directory: Path) -> None:
    """Writes DIR/saved_model.pb; equal graphs give equal bytes."""
    tf = tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    proto = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta = proto.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = tf.__version__
    meta.graph_def.CopyFrom(graph.graph_def)
    signature = meta.signature_def[SIGNATURE]
    signature.method_name = "tensorflow/serving/predict"
    imported = import_graph(graph.graph_def)
    for table, names in ((signature.inputs, graph.inputs), (signature.outputs, graph.outputs)):
        for key, tensor_name in names.items():
            tensor = imported.get_tensor_by_name(tensor_name)
            table[key].name = tensor_name
            table[key].dtype = tensor.dtype.as_datatype_enum
            table[key].tensor_shape.CopyFrom(tensor.shape.as_proto())
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FILE).write_bytes(proto.SerializeToString(deterministic=True))


def read(directory: Path) -> FrozenGraph:
    """The graph of a SavedModel that `write` wrote. Raises ConversionError for anything else."""
    tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    file = directory / FILE
    if not file.is_file():
        raise ConversionError(f"{directory} is no SavedModel: {FILE} is missing; run the step before this one")
    proto = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    meta = proto.meta_graphs[0]
    if SIGNATURE not in meta.signature_def or meta.graph_def.library.function:
        raise ConversionError(f"{file} is not a frozen graph with the signature {SIGNATURE!r}; rebuild it")
    signature = meta.signature_def[SIGNATURE]
    names = [{key: table[key].name for key in sorted(table)} for table in (signature.inputs, signature.outputs)]
    return FrozenGraph(meta.graph_def, *names)


def import_graph(graph_def: Any) -> Any:
    """A tf.Graph of the GraphDef, names unchanged."""
    tf = tensorflow()
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name="")
    return graph


def free_input(graph: FrozenGraph, spec: ModelSpec) -> FrozenGraph:
    """A copy whose placeholder has the spec's free dimensions and that remembers no other shape."""
    copy = type(graph.graph_def)()
    copy.CopyFrom(graph.graph_def)
    tf = tensorflow()
    for node in copy.node:
        node.attr.pop("_output_shapes", None)
        if node.op == "Placeholder":
            node.attr["shape"].shape.CopyFrom(tf.TensorShape(spec.input.shape).as_proto())
    return FrozenGraph(copy, graph.inputs, graph.outputs)


def in_float64(graph: FrozenGraph) -> FrozenGraph:
    """A copy that computes in double precision: the graph's exact numbers, free of float32's rounding."""
    tf = tensorflow()
    copy = type(graph.graph_def)()
    copy.CopyFrom(graph.graph_def)
    for node in copy.node:
        for attribute in node.attr.values():
            if attribute.type == tf.float32.as_datatype_enum:
                attribute.type = tf.float64.as_datatype_enum
            elif attribute.HasField("tensor") and attribute.tensor.dtype == tf.float32.as_datatype_enum:
                value = tf.make_ndarray(attribute.tensor).astype(np.float64)
                attribute.tensor.CopyFrom(tf.make_tensor_proto(value))
    return FrozenGraph(copy, graph.inputs, graph.outputs)


class Runner:
    """Runs a frozen graph on the CPU.

    TensorFlow's CPU kernels know no NCHW convolution, so for an NCHW graph its layout optimizer is asked to turn them
    around. An NHWC graph runs exactly as it is (the optimizer would also abort on one).
    """

    def __init__(self, graph: FrozenGraph) -> None:
        tf = tensorflow()
        from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2

        config = config_pb2.ConfigProto(intra_op_parallelism_threads=2, inter_op_parallelism_threads=1)
        rewrites = config.graph_options.rewrite_options
        if any(node.attr["data_format"].s == b"NCHW" for node in graph.graph_def.node if "data_format" in node.attr):
            rewrites.cpu_layout_conversion = rewriter_config_pb2.RewriterConfig.NCHW_TO_NHWC
            rewrites.min_graph_nodes = -1
        else:
            rewrites.disable_meta_optimizer = True
        self._graph = graph
        self.nodes = [(node.name, f"{node.name}:0") for node in graph.graph_def.node if node.op != "Const"]
        self._session = tf.compat.v1.Session(graph=import_graph(graph.graph_def), config=config)

    def tensors(self, names: list[str], image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The values of tensors by graph name ("node:0")."""
        (placeholder,) = self._graph.inputs.values()
        values: list[NDArray[np.float32]] = self._session.run(names, {placeholder: image})
        return values

    def __call__(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Input [N, H, W, 3] -> outputs by spec name."""
        names = self._graph.outputs
        return dict(zip(names, self.tensors(list(names.values()), image), strict=True))
