"""TensorFlow's graph optimizer (grappler), run by hand on a frozen graph."""

from typing import Any

from models.conversion.quiet_tensorflow import tensorflow
from models.conversion.saved_model import FrozenGraph, import_graph

# Twice: folding constants opens the way for arithmetic simplification, and the other way round.
CLEAN_UP = ("pruning", "constfold", "arithmetic", "dependency") * 2


def optimize(graph: FrozenGraph, optimizers: tuple[str, ...]) -> FrozenGraph:
    """The graph after the named optimizers; inputs and outputs keep their names."""
    return _run(graph, optimizers, to_nhwc=False)


def to_nhwc(graph: FrozenGraph) -> FrozenGraph:
    """The graph after the layout optimizer, NCHW -> NHWC. It acts on nodes that are placed on a CPU."""
    for node in graph.graph_def.node:
        node.device = "/device:CPU:0"
    return _run(graph, ("layout",), to_nhwc=True)


def _run(graph: FrozenGraph, optimizers: tuple[str, ...], *, to_nhwc: bool) -> FrozenGraph:
    tensorflow()
    from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
    from tensorflow.python.grappler import tf_optimizer
    from tensorflow.python.training.saver import export_meta_graph

    config = config_pb2.ConfigProto()
    rewrites = config.graph_options.rewrite_options
    rewrites.optimizers[:] = optimizers
    rewrites.meta_optimizer_iterations = rewriter_config_pb2.RewriterConfig.ONE
    rewrites.min_graph_nodes = -1  # else small graphs are left alone
    if to_nhwc:
        rewrites.layout_optimizer = rewriter_config_pb2.RewriterConfig.ON
        rewrites.cpu_layout_conversion = rewriter_config_pb2.RewriterConfig.NCHW_TO_NHWC
    meta_graph = export_meta_graph(graph_def=graph.graph_def, graph=import_graph(graph.graph_def))
    signature = meta_graph.signature_def["optimize"]
    for table, names in ((signature.inputs, graph.inputs), (signature.outputs, graph.outputs)):
        for key, tensor in names.items():
            table[key].name = tensor
            table[key].dtype = 1  # DT_FLOAT
    return FrozenGraph(tf_optimizer.OptimizeGraph(config, meta_graph, cluster=_cluster()), graph.inputs, graph.outputs)


def _cluster() -> Any:
    """One CPU and nothing else: a GPU in the cluster would pull the layout towards NCHW."""
    from tensorflow.core.protobuf import device_properties_pb2
    from tensorflow.python.grappler import cluster

    device = device_properties_pb2.NamedDevice(name="/CPU:0")
    device.properties.type = "CPU"
    device.properties.num_cores = 2
    device.properties.frequency = 2000
    device.properties.environment["cpu_instruction_set"] = "AVX"
    return cluster.Cluster(devices=[device])
