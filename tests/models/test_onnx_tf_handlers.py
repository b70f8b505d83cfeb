"""Our ONNX handlers for static shapes: their numbers against PyTorch, and what they refuse."""

from pathlib import Path

import numpy as np
import pytest

from models.conversion.errors import ConversionError
from models.conversion.quiet_tensorflow import tensorflow

SHAPE = (2, 5, 6)


def convert(function, folder: Path, *shape: int):  # type: ignore[no-untyped-def]
    """PyTorch's numbers and those of the graph that the handlers make: (expected, actual, operators)."""
    tf = tensorflow()
    import onnx
    import torch

    from models.conversion.onnx_tf_handlers import backend

    class Module(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = function(torch, x)
            return result

    torch.manual_seed(0)
    x = torch.randn(shape)
    file = folder / "one.onnx"
    torch.onnx.export(Module(), (x,), str(file), dynamo=False, opset_version=15, input_names=["x"], output_names=["y"])
    made = backend().prepare(onnx.load(file), device="CUDA", auto_cast=False, logging_level="ERROR")
    run = tf.function(lambda value: made.tf_module(x=value)["y"], input_signature=[tf.TensorSpec(shape, tf.float32)])
    operators = {node.type for node in run.get_concrete_function().graph.get_operations()}
    return Module()(x).numpy(), run(x.numpy()).numpy(), operators


CASES = {
    "a row": lambda torch, x: x[:, 2],
    "the last column": lambda torch, x: x[..., -1],
    "rows by index": lambda torch, x: x[0].index_select(0, torch.tensor([3, 0, 3])),
    "a strided slice": lambda torch, x: x[:, 1:5:2, :-2],
    "the largest values": lambda torch, x: x.topk(3, 2).values,
    "the places of the largest": lambda torch, x: x.topk(3, 2).indices.float(),
    "the place of the largest": lambda torch, x: x.argmax(2).float(),
    "a sum": lambda torch, x: x.sum(-1),
    "another shape": lambda torch, x: x.reshape(5, 12),
    "a new axis": lambda torch, x: x.unsqueeze(1) * 2,
}


@pytest.mark.filterwarnings("ignore:torch.tensor results are registered as constants")  # rows are: that is the case
@pytest.mark.parametrize("case", CASES)
def test_a_handler_gives_pytorchs_numbers_without_control_flow(case: str, tmp_path: Path) -> None:
    expected, actual, operators = convert(CASES[case], tmp_path, *SHAPE)
    np.testing.assert_allclose(actual, expected, atol=1e-6)
    assert not operators & {"Assert", "Switch", "Merge", "If", "StatelessIf", "Where"}


def test_the_smallest_values_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"ONNX node '/TopK' is a TopK: onnx-tf's handler computes k at run time"):
        convert(lambda torch, x: x.topk(2, 2, largest=False).values, tmp_path, *SHAPE)
