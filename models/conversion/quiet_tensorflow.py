"""The one place that imports TensorFlow: quiet, on the CPU, and before onnx (the other order can hang)."""

import os
import sys
import warnings
from typing import Any


def tensorflow() -> Any:
    """The tensorflow module. Importing onnx first can deadlock in protobuf's descriptor pool, so that is refused."""
    if "onnx" in sys.modules and "tensorflow" not in sys.modules:
        raise RuntimeError("onnx was imported before tensorflow, which can hang: call tensorflow() first")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    # tensorflow-addons announces its end of life, once per import.
    warnings.filterwarnings("ignore", module="tensorflow_addons")
    warnings.filterwarnings("ignore", message=".*TensorFlow Addons.*")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    return tf
