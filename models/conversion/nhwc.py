"""SavedModel (NCHW) -> SavedModel (NHWC), with height, width or batch free as in the spec, checked against PyTorch.

TensorFlow's own layout optimizer turns the convolutions around and cancels the transposes; small passes then fold what
TF.js would otherwise run as an operation of its own.
"""

from collections.abc import Sequence
from pathlib import Path

from models.conversion import cli, gates, graph_passes, grappler, saved_model
from models.conversion.errors import ConversionError
from models.conversion.quiet_tensorflow import tensorflow
from models.conversion.saved_model import FrozenGraph
from models.spec import ModelSpec

# What must be gone after the pass: each would be a pass over memory in the browser.
LAYOUT_OPS = ("Transpose", "Pad")
# What would leave control flow that TF.js's synchronous execute refuses.
FLOW_OPS = ("Shape", "Assert", "Switch", "Merge", "If", "While", "PartitionedCall")
# What would tie the graph to the traced size. A network of one size (RT-DETR) may have them.
SHAPE_OPS = ("Reshape", "StridedSlice")


def convert(spec: ModelSpec, graph: FrozenGraph) -> FrozenGraph:
    """The NHWC graph; its outputs are nodes named as in the spec."""
    graph = grappler.optimize(graph, grappler.CLEAN_UP)
    cli.progress_ops("folded", graph.ops())
    graph = grappler.to_nhwc(graph)
    cli.progress_ops("layout", graph.ops())
    graph_passes.drop_shapes(graph.graph_def)
    graph = grappler.optimize(graph, grappler.CLEAN_UP)
    squeezed = graph_passes.squeeze_channel_constants(graph.graph_def)
    pads = graph_passes.fold_pads(graph.graph_def)
    cli.progress(f"passes: {squeezed} biases made rank 1, {pads} pads folded into convolutions")
    graph = grappler.optimize(graph, ("pruning", "dependency"))
    outputs = graph_passes.rename_outputs(graph.graph_def, graph.outputs)
    # The Identities behind the outputs are no longer needed.
    graph = grappler.optimize(FrozenGraph(graph.graph_def, graph.inputs, outputs), ("pruning",))
    graph_passes.drop_shapes(graph.graph_def)
    graph_passes.sort_nodes(graph.graph_def)
    return saved_model.free_input(FrozenGraph(graph.graph_def, graph.inputs, outputs), spec)


def check_layout(graph: FrozenGraph, fixed_size: bool = False) -> None:
    """Raises ConversionError for a convolution that is not NHWC and for operators that should be gone.

    fixed_size: the network has one input size, so constants of shapes and attention's transposes are fine.
    """
    gone = FLOW_OPS + (() if fixed_size else LAYOUT_OPS + SHAPE_OPS)
    for node in graph.graph_def.node:
        layout = node.attr["data_format"].s.decode() if "data_format" in node.attr else "NHWC"
        if node.op in gone or layout not in ("NHWC", ""):
            raise ConversionError(
                f"node {node.name!r} ({node.op}, {layout}) is left after the layout pass; expected NHWC without "
                f"{', '.join(gone)}: write the network without it, or add a pass to graph_passes.py"
            )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    cli.add_model(arguments)
    arguments.add_argument("--saved-model", required=True, type=Path, metavar="DIR", help="from onnx_to_saved_model")
    cli.add_gate(arguments)
    arguments.add_argument("--out", required=True, type=Path, metavar="DIR")
    options = arguments.parse_args(argv)

    spec = cli.model_spec(options.model)
    tensorflow()
    from models.conversion.export_onnx import load_network

    cli.progress(f"{spec.name}: NCHW -> NHWC")
    source = saved_model.read(options.saved_model)
    cli.progress_ops("frozen", source.ops())
    graph = convert(spec, source)
    cli.progress_ops("NHWC", graph.ops())
    check_layout(graph, fixed_size=None not in spec.input.shape)
    saved_model.write(graph, options.out)
    runner = saved_model.Runner(saved_model.in_float64(saved_model.read(options.out)))
    gates.against_pytorch("NHWC SavedModel", spec, load_network(spec, options.checkpoint), runner, options.photos)


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
