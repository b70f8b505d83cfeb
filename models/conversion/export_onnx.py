"""Checkpoint (safetensors) -> ONNX, fixed shapes, checked against PyTorch.

The network is wrapped in NHWC on the outside; batch norm is folded into the convolutions by the exporter.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.conversion import cli, gates
from models.conversion.errors import ConversionError
from models.spec import ModelSpec

OPSET = 15  # the newest that onnx-tf 1.10 knows


def load_network(spec: ModelSpec, checkpoint: Path) -> Any:
    """The network in its NHWC wrapper, in evaluation mode. Raises ConversionError if the checkpoint does not fit."""
    from models.networks import ExportWrapper, load

    cli.existing(checkpoint, f"checkpoint of {spec.name}")
    try:
        return ExportWrapper(load(spec.name, checkpoint)).eval()
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
    """Runs an ONNX file with onnxruntime at any shape: the file's fixed dimensions are freed in memory."""

    def __init__(self, path: Path) -> None:
        import onnx

        self._model = onnx.load(path)
        graph = self._model.graph
        self.nodes: list[tuple[str, str]] = [(node.name, node.output[0]) for node in graph.node]
        del graph.value_info[:]
        for value in [*graph.input, *graph.output]:
            for number, dimension in enumerate(value.type.tensor_type.shape.dim):
                dimension.dim_param = f"{value.name}_{number}"
        self._names = [output.name for output in graph.output]
        self._session = self._start()

    def _start(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self._model.SerializeToString(), options, ["CPUExecutionProvider"])

    def ops(self) -> Counter[str]:
        """Operator counts, constants left out."""
        skip = {"Constant", "Identity"}
        return Counter(node.op_type for node in self._model.graph.node if node.op_type not in skip)

    def tensors(self, names: list[str], image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The values of inner tensors."""
        import onnx

        known = {output.name for output in self._model.graph.output}
        extra = [onnx.ValueInfoProto(name=name) for name in names if name not in known]
        self._model.graph.output.extend(extra)
        self._session = self._start()
        values: list[NDArray[np.float32]] = self._session.run(names, {self._model.graph.input[0].name: image})
        return values

    def __call__(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Input [N, H, W, 3] -> outputs by spec name."""
        values = self._session.run(self._names, {self._model.graph.input[0].name: image})
        return dict(zip(self._names, values, strict=True))


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
