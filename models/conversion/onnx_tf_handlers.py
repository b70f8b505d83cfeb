"""onnx-tf with our own handlers where its own do harm, and with the scopes of the ONNX nodes kept.

- Clip(0, 6) becomes Relu6, which TF.js fuses into the convolution before it; onnx-tf writes Minimum and Maximum.
- Gemm becomes MatMul and AddV2; onnx-tf adds a Reshape to fixed sizes and multiplications by one.
- DepthToSpace runs in NHWC between two transposes, which the layout pass removes: TensorFlow has no NCHW kernel for the
  CPU, and so the gate could not run the graph.
- Operators whose onnx-tf handlers are wrong or leave control flow under device='CUDA' are refused by name.
"""

from collections.abc import Callable
from typing import Any

from models.conversion.errors import ConversionError
from models.conversion.quiet_tensorflow import tensorflow

REFUSED = {
    "MaxPool": "onnx-tf's handler gives wrong numbers under device='CUDA'",
    "AveragePool": "onnx-tf's handler gives wrong numbers with ceil_mode",
    "Gather": "onnx-tf's handler leaves Assert and Where in the graph",
    "Reshape": "onnx-tf's handler leaves control flow in the graph",
    "Slice": "onnx-tf's handler leaves control flow in the graph",
    "GridSample": "onnx-tf has no handler and TF.js no kernel",
    "Einsum": "TF.js's WASM backend has no kernel",
}

Tensors = dict[str, Any]


def _constant(tensors: Tensors, name: str) -> float | None:
    value = tensorflow().get_static_value(tensors[name]) if name else None
    return None if value is None else float(value)


def clip(node: Any, tensors: Tensors) -> list[Any] | None:
    """Clip(x, 0, 6) -> Relu6; other bounds are left to onnx-tf."""
    bounds = [_constant(tensors, name) for name in node.inputs[1:3]]
    return [tensorflow().nn.relu6(tensors[node.inputs[0]])] if bounds == [0.0, 6.0] else None


def gemm(node: Any, tensors: Tensors) -> list[Any] | None:
    """Gemm(x [N, K], w, b) with alpha = beta = 1 -> MatMul, AddV2; other forms are left to onnx-tf."""
    plain = node.attrs.get("alpha", 1.0) == node.attrs.get("beta", 1.0) == 1.0 and not node.attrs.get("transA", 0)
    x, weight, *bias = (tensors[name] for name in node.inputs)
    if not plain or x.shape.rank != 2 or len(bias) != 1:
        return None
    tf = tensorflow()
    return [tf.add(tf.matmul(x, tf.transpose(weight) if node.attrs.get("transB", 0) else weight), bias[0])]


def depth_to_space(node: Any, tensors: Tensors) -> list[Any] | None:
    """DepthToSpace in DCR order, which is TensorFlow's; CRD is left to onnx-tf."""
    if node.attrs.get("mode", "DCR") not in ("DCR", b"DCR"):
        return None
    tf = tensorflow()
    nhwc = tf.transpose(tensors[node.inputs[0]], [0, 2, 3, 1])
    return [tf.transpose(tf.nn.depth_to_space(nhwc, node.attrs["blocksize"]), [0, 3, 1, 2])]


HANDLERS: dict[str, Callable[[Any, Tensors], list[Any] | None]] = {
    "Clip": clip,
    "DepthToSpace": depth_to_space,
    "Gemm": gemm,
}


def backend() -> Any:
    """onnx-tf's backend class with the handlers above."""
    tf = tensorflow()
    from onnx_tf.backend import TensorflowBackend

    class Backend(TensorflowBackend):
        """Tries HANDLERS first; puts every node into the scope of its ONNX name."""

        @classmethod
        def _onnx_node_to_tensorflow_op(cls, node: Any, tensor_dict: Tensors, *args: Any, **kwargs: Any) -> list[Any]:
            if node.op_type in REFUSED:
                raise ConversionError(
                    f"ONNX node {node.name!r} is a {node.op_type}: {REFUSED[node.op_type]}; "
                    "write the network without it, or write a handler in onnx_tf_handlers.py with a test of its numbers"
                )
            with tf.name_scope(node.name.strip("/") or node.op_type):
                result = HANDLERS[node.op_type](node, tensor_dict) if node.op_type in HANDLERS else None
                if result is None:
                    result = super()._onnx_node_to_tensorflow_op(node, tensor_dict, *args, **kwargs)
            return list(result)

    return Backend
