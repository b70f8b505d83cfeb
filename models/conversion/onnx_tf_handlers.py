"""onnx-tf with our own handlers where its own do harm, and with the scopes of the ONNX nodes kept.

- Clip(0, 6) becomes Relu6, which TF.js fuses into the convolution before it; onnx-tf writes Minimum and Maximum.
- Gemm becomes MatMul and BiasAdd, which TF.js fuses; onnx-tf adds a Reshape to fixed sizes and multiplications by one.
- DepthToSpace runs in NHWC between two transposes, which the layout pass removes: TensorFlow has no NCHW kernel for the
  CPU, and so the gate could not run the graph.
- Gather, Reshape, Slice, TopK and ReduceSum are written for static shapes; onnx-tf's leave control flow, which TF.js's
  synchronous `execute` refuses.
- Operators whose onnx-tf handlers are wrong under device='CUDA', and those above where a shape is not static, are
  refused by name.
"""

from collections.abc import Callable
from typing import Any

from models.conversion.errors import ConversionError
from models.conversion.quiet_tensorflow import tensorflow

REFUSED = {
    "MaxPool": "onnx-tf's handler gives wrong numbers under device='CUDA'",
    "AveragePool": "onnx-tf's handler gives wrong numbers with ceil_mode",
    "GridSample": "onnx-tf has no handler and TF.js no kernel",
    "Einsum": "TF.js's WASM backend has no kernel",
}

# Refused where the handler below needs static shapes and does not find them.
STATIC = {
    "Gather": "onnx-tf's handler leaves Assert and Where in the graph",
    "Reshape": "onnx-tf's handler leaves control flow in the graph",
    "Slice": "onnx-tf's handler leaves control flow in the graph",
    "TopK": "onnx-tf's handler computes k at run time",
    "ReduceSum": "onnx-tf's handler leaves control flow in the graph",
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
    """Gemm(x [N, K], w, b) with alpha = beta = 1 -> MatMul, BiasAdd; other forms are left to onnx-tf."""
    plain = node.attrs.get("alpha", 1.0) == node.attrs.get("beta", 1.0) == 1.0 and not node.attrs.get("transA", 0)
    x, weight, *bias = (tensors[name] for name in node.inputs)
    if not plain or x.shape.rank != 2 or len(bias) != 1:
        return None
    tf = tensorflow()
    return [tf.nn.bias_add(tf.matmul(x, tf.transpose(weight) if node.attrs.get("transB", 0) else weight), bias[0])]


def depth_to_space(node: Any, tensors: Tensors) -> list[Any] | None:
    """DepthToSpace in DCR order, which is TensorFlow's; CRD is left to onnx-tf."""
    if node.attrs.get("mode", "DCR") not in ("DCR", b"DCR"):
        return None
    tf = tensorflow()
    nhwc = tf.transpose(tensors[node.inputs[0]], [0, 2, 3, 1])
    return [tf.transpose(tf.nn.depth_to_space(nhwc, node.attrs["blocksize"]), [0, 3, 1, 2])]


def _values(node: Any, tensors: Tensors, position: int) -> list[int] | None:
    """The numbers of a constant input; None where there is none."""
    if len(node.inputs) <= position or not node.inputs[position]:
        return None
    value = tensorflow().get_static_value(tensors[node.inputs[position]])
    return None if value is None else [int(v) for v in value.reshape(-1)]


def gather(node: Any, tensors: Tensors) -> list[Any] | None:
    """Gather with indices known to be in range, in 32 bits, as TF.js has them; one constant index is a slice."""
    tf = tensorflow()
    x, indices = (tensors[name] for name in node.inputs)
    axis, constant = node.attrs.get("axis", 0), tf.get_static_value(indices)
    if constant is not None and constant.ndim == 0 and x.shape.is_fully_defined():
        # TF.js keeps an axis of one where TensorFlow drops it.
        start = [0] * x.shape.rank
        start[axis] = int(constant) % int(x.shape[axis])
        size = [1 if k == axis % x.shape.rank else int(d) for k, d in enumerate(x.shape)]
        return [tf.reshape(tf.slice(x, start, size), [d for k, d in enumerate(size) if k != axis % x.shape.rank])]
    return [tf.gather(x, tf.cast(indices, tf.int32), axis=axis)]


def reshape(node: Any, tensors: Tensors) -> list[Any] | None:
    """Reshape to constants; 0 keeps a size of the input."""
    x, sizes = tensors[node.inputs[0]], _values(node, tensors, 1)
    if sizes is None or any(size == 0 and x.shape[axis] is None for axis, size in enumerate(sizes)):
        return None
    return [tensorflow().reshape(x, [x.shape[axis] if size == 0 else size for axis, size in enumerate(sizes)])]


def slice_(node: Any, tensors: Tensors) -> list[Any] | None:
    """Slice with constant bounds and positive steps on a static shape."""
    x = tensors[node.inputs[0]]
    starts, ends, axes, steps = (_values(node, tensors, k) for k in (1, 2, 3, 4))
    if starts is None or ends is None or not x.shape.is_fully_defined():
        return None
    axes = axes or list(range(len(starts)))
    steps = steps or [1] * len(starts)
    if min(steps) < 1:
        return None
    index: list[slice] = [slice(None)] * x.shape.rank
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        size = int(x.shape[axis])
        index[axis] = slice(*slice(start, end, step).indices(size))
    return [x[tuple(index)]]


def top_k(node: Any, tensors: Tensors) -> list[Any] | None:
    """TopK along the last axis, largest first, k constant; indices in 32 bits."""
    x, k = tensors[node.inputs[0]], _values(node, tensors, 1)
    axis, largest = node.attrs.get("axis", -1), node.attrs.get("largest", 1)
    if k is None or axis not in (-1, x.shape.rank - 1) or not largest:
        return None
    values, indices = tensorflow().math.top_k(x, k[0], sorted=True)
    return [values, indices]


def arg_max(node: Any, tensors: Tensors) -> list[Any] | None:
    """ArgMax without the kept dimension, in 32 bits like TopK's indices."""
    if node.attrs.get("keepdims", 1) or node.attrs.get("select_last_index", 0):
        return None
    tf = tensorflow()
    return [tf.argmax(tensors[node.inputs[0]], node.attrs.get("axis", 0), output_type=tf.int32)]


def reduce_sum(node: Any, tensors: Tensors) -> list[Any] | None:
    """ReduceSum over constant axes."""
    axes = _values(node, tensors, 1)
    if axes is None:
        return None
    return [tensorflow().reduce_sum(tensors[node.inputs[0]], axes, keepdims=bool(node.attrs.get("keepdims", 1)))]


def unsqueeze(node: Any, tensors: Tensors) -> list[Any] | None:
    """Unsqueeze with constant axes, which onnx-tf 1.10 has only in its older form."""
    x, axes = tensors[node.inputs[0]], _values(node, tensors, 1)
    if axes is None or not x.shape.is_fully_defined():
        return None
    sizes = list(x.shape)
    for axis in sorted(axis % (len(sizes) + len(axes)) for axis in axes):
        sizes.insert(axis, 1)
    return [tensorflow().reshape(x, sizes)]


HANDLERS: dict[str, Callable[[Any, Tensors], list[Any] | None]] = {
    "ArgMax": arg_max,
    "Clip": clip,
    "DepthToSpace": depth_to_space,
    "Gather": gather,
    "Gemm": gemm,
    "ReduceSum": reduce_sum,
    "Reshape": reshape,
    "Slice": slice_,
    "TopK": top_k,
    "Unsqueeze": unsqueeze,
}


def _refusal(node: Any, reason: str) -> ConversionError:
    return ConversionError(
        f"ONNX node {node.name!r} is a {node.op_type}: {reason}; "
        "write the network without it, or write a handler in onnx_tf_handlers.py with a test of its numbers"
    )


def backend() -> Any:
    """onnx-tf's backend class with the handlers above."""
    tf = tensorflow()
    from onnx_tf.backend import TensorflowBackend

    class Backend(TensorflowBackend):
        """Tries HANDLERS first; puts every node into the scope of its ONNX name."""

        @classmethod
        def _onnx_node_to_tensorflow_op(cls, node: Any, tensor_dict: Tensors, *args: Any, **kwargs: Any) -> list[Any]:
            if node.op_type in REFUSED:
                raise _refusal(node, REFUSED[node.op_type])
            with tf.name_scope(node.name.strip("/") or node.op_type):
                result = HANDLERS[node.op_type](node, tensor_dict) if node.op_type in HANDLERS else None
                if result is None and node.op_type in STATIC:
                    raise _refusal(node, STATIC[node.op_type])
                if result is None:
                    result = super()._onnx_node_to_tensorflow_op(node, tensor_dict, *args, **kwargs)
            return list(result)

    return Backend
