"""Checkpoint (safetensors) -> ONNX, fixed shapes, checked against PyTorch.

The network is wrapped in NHWC on the outside; batch norm is folded into the convolutions by the exporter.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.conversion import cli, gates
from models.conversion.errors import ConversionError
from models.spec import ModelSpec

OPSET = 15  # the newest that onnx-tf 1.10 knows


def load_network(spec: ModelSpec, checkpoint: Path) -> Any:
    """The network in its NHWC wrapper, in evaluation mode. Raises ConversionError if the checkpoint does not fit."""
    from models.networks import ExportWrapper, load

    cli.existing(checkpoint, f"checkpoint of {spec.name}")
    try:
        return ExportWrapper(load(spec.network or spec.name, checkpoint)).eval()
    except Exception as error:
        message = f"{checkpoint} is no checkpoint of {spec.name}: {error}; train it again or restore the file"
        raise ConversionError(message) from error


def export(spec: ModelSpec, network: Any, out: Path) -> None:
    """Writes the ONNX file, input and outputs named and shaped as in the spec."""
    import torch

    out.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.no_grad():
        # The dynamo exporter needs onnxscript, which does not import beside TensorFlow 2.15.
        warnings.simplefilter("ignore", DeprecationWarning)
        if None not in spec.input.shape:  # of one size: its shapes are meant to become constants
            warnings.simplefilter("ignore", torch.jit._trace.TracerWarning)
        torch.onnx.export(
            network,
            (torch.zeros(spec.example_shape),),
            str(out),
            dynamo=False,
            opset_version=OPSET,
            input_names=[spec.input.name],
            output_names=[output.name for output in spec.outputs],
        )


class OnnxRunner:
    """Runs an ONNX file at any shape and in double precision, with ONNX's reference implementation.

    In memory, constants become double and fixed dimensions free. (onnxruntime has only float32 convolutions, whose
    rounding comes to 0.9e-4 on a trained network and hides what the export itself changes.)
    """

    def __init__(self, path: Path) -> None:
        import onnx

        self._model = onnx.load(path)
        graph = self._model.graph
        onnx.checker.check_model(self._model)
        self.nodes: list[tuple[str, str]] = [(node.name, node.output[0]) for node in graph.node]
        constants = [attribute.t for node in graph.node for attribute in node.attribute if attribute.HasField("t")]
        for tensor in [*graph.initializer, *constants]:
            value = onnx.numpy_helper.to_array(tensor)
            if value.dtype == np.float32:
                tensor.CopyFrom(onnx.numpy_helper.from_array(value.astype(np.float64), tensor.name))
        for attribute in [a for node in graph.node if node.op_type == "Cast" for a in node.attribute]:
            if attribute.i == onnx.TensorProto.FLOAT:
                attribute.i = onnx.TensorProto.DOUBLE
        del graph.value_info[:]
        for value_info in [*graph.input, *graph.output]:
            value_info.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
            value_info.type.tensor_type.ClearField("shape")
        self._names = [output.name for output in graph.output]
        self._evaluator = self._start()

    def _start(self) -> Any:
        from onnx.reference import ReferenceEvaluator

        return ReferenceEvaluator(self._model)

    def ops(self) -> Counter[str]:
        """Operator counts, constants left out."""
        skip = {"Constant", "Identity"}
        return Counter(node.op_type for node in self._model.graph.node if node.op_type not in skip)

    def tensors(self, names: list[str], image: gates.Array) -> list[gates.Array]:
        """The values of inner tensors."""
        import onnx

        known = {output.name for output in self._model.graph.output}
        self._model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in known)
        self._evaluator = self._start()
        return self._run(names, image)

    def __call__(self, image: gates.Array) -> dict[str, gates.Array]:
        """Input [N, H, W, 3] -> outputs by spec name."""
        return dict(zip(self._names, self._run(self._names, image), strict=True))

    def _run(self, names: list[str], image: gates.Array) -> list[gates.Array]:
        values: list[gates.Array] = self._evaluator.run(
            names, {self._model.graph.input[0].name: image.astype(np.float64)}
        )
        return values


def main(argv: Sequence[str] | None = None) -> None:
    """The command line of this step."""
    arguments = cli.parser(__doc__)
    cli.add_model(arguments)
    cli.add_gate(arguments)
    arguments.add_argument("--out", required=True, type=Path, metavar="FILE")
    options = arguments.parse_args(argv)

    spec = cli.model_spec(options.model)
    cli.progress(f"{spec.name}: PyTorch -> ONNX")
    network = load_network(spec, options.checkpoint)
    export(spec, network, options.out)
    runner = OnnxRunner(options.out)
    cli.progress_ops("ONNX", runner.ops())
    gates.against_pytorch("ONNX", spec, network, runner, options.photos)


if __name__ == "__main__":
    raise SystemExit(cli.run(main))
