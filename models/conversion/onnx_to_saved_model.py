"""ONNX -> SavedModel with onnx-tf: frozen, still NCHW inside, checked against PyTorch.

Under device='CPU' onnx-tf wraps every convolution in transposes; device='CUDA' leaves NCHW as it is and needs no GPU
to convert. The next step (`nhwc`) turns the layout around once, as a whole.
"""

from collections.abc import Sequence
from pathlib import Path

from models.conversion import cli, gates, saved_model
from models.conversion.quiet_tensorflow import tensorflow
from models.conversion.saved_model import FrozenGraph
from models.spec import ModelSpec


def convert(spec: ModelSpec, onnx_file: Path) -> FrozenGraph:
    """The frozen TensorFlow graph of an ONNX file."""
    tensorflow()
    import onnx
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    from models.conversion.onnx_tf_handlers import backend

    representation = backend().prepare(
        onnx.load(cli.existing(onnx_file, "ONNX file")), device="CUDA", auto_cast=False, logging_level="ERROR"
    )
    function = representation.tf_module.__call__.get_concrete_function(**representation.signatures)
    frozen = convert_variables_to_constants_v2(function)
    # Structured outputs are flattened in the order of their sorted names.
    names = sorted(function.structured_outputs)
    outputs = {name: tensor.name for name, tensor in zip(names, frozen.outputs, strict=True)}
    ordered = {output.name: outputs[output.name] for output in spec.outputs}
    return FrozenGraph(frozen.graph.as_graph_def(), {spec.input.name: frozen.inputs[0].name}, ordered)


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    cli.add_model(arguments)
    arguments.add_argument("--onnx", required=True, type=Path, metavar="FILE")
    cli.add_gate(arguments)
    arguments.add_argument("--out", required=True, type=Path, metavar="DIR")
    options = arguments.parse_args(argv)

    spec = cli.model_spec(options.model)
    tensorflow()
    from models.conversion.export_onnx import load_network

    cli.progress(f"{spec.name}: ONNX -> SavedModel")
    graph = convert(spec, options.onnx)
    cli.progress_ops("SavedModel", graph.ops())
    saved_model.write(graph, options.out)
    written = saved_model.free_input(saved_model.read(options.out), spec)
    runner = saved_model.Runner(saved_model.in_float64(written))
    gates.against_pytorch("SavedModel", spec, load_network(spec, options.checkpoint), runner, options.photos)


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
