"""`nail_heatmap` written natively in Keras, with the PyTorch checkpoint's weights: the way without ONNX."""

from pathlib import Path
from typing import Any

from models.conversion import graph_passes, saved_model
from models.conversion.quiet_tensorflow import tensorflow
from models.conversion.saved_model import FrozenGraph
from models.spec import NAIL_HEATMAP

EPSILON = 1e-5  # PyTorch's batch norm


class _Weights:
    """A PyTorch state, handed out in Keras's layouts. Raises KeyError for a name that is not there."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    def conv(self, name: str) -> list[Any]:
        """[kh, kw, in, out], and the bias where there is one."""
        kernel = self._state[f"{name}.weight"].permute(2, 3, 1, 0).numpy()
        bias = self._state.get(f"{name}.bias")
        return [kernel] if bias is None else [kernel, bias.numpy()]

    def depthwise(self, name: str) -> list[Any]:
        """[kh, kw, channels, 1]."""
        return [self._state[f"{name}.weight"].permute(2, 3, 0, 1).numpy()]

    def dense(self, name: str) -> list[Any]:
        return [self._state[f"{name}.weight"].T.numpy(), self._state[f"{name}.bias"].numpy()]

    def norm(self, name: str) -> list[Any]:
        parts = ("weight", "bias", "running_mean", "running_var")
        return [self._state[f"{name}.{part}"].numpy() for part in parts]

    def width(self, name: str) -> int:
        """Output channels of a convolution."""
        return int(self._state[f"{name}.weight"].shape[0])

    def side(self, name: str) -> int:
        return int(self._state[f"{name}.weight"].shape[2])


class _Layers:
    """The blocks of models/networks/blocks.py on Keras tensors."""

    def __init__(self, weights: _Weights) -> None:
        self.weights = weights
        self.keras = tensorflow().keras.layers

    def with_weights(self, layer: Any, x: Any, weights: list[Any]) -> Any:
        y = layer(x)
        layer.set_weights(weights)
        return y

    def conv_bn(self, x: Any, name: str, stride: int = 1, depthwise: bool = False, act: bool = True) -> Any:
        """`conv_bn`: [N, H, W, C] -> [N, H / stride, W / stride, C']."""
        keras, side = self.keras, self.weights.side(f"{name}.0")
        padding = "same"
        if stride > 1:  # Keras's "same" pads the right and bottom only
            x, padding = keras.ZeroPadding2D(side // 2)(x), "valid"
        options = {"strides": stride, "padding": padding, "use_bias": False}
        if depthwise:
            x = self.with_weights(keras.DepthwiseConv2D(side, **options), x, self.weights.depthwise(f"{name}.0"))
        else:
            width = self.weights.width(f"{name}.0")
            x = self.with_weights(keras.Conv2D(width, side, **options), x, self.weights.conv(f"{name}.0"))
        x = self.with_weights(keras.BatchNormalization(epsilon=EPSILON), x, self.weights.norm(f"{name}.1"))
        return keras.ReLU(6.0)(x) if act else x

    def separable(self, x: Any, name: str, stride: int = 1) -> Any:
        return self.conv_bn(self.conv_bn(x, f"{name}.0", stride, depthwise=True), f"{name}.1")

    def inverted_residual(self, x: Any, name: str) -> Any:
        y = self.conv_bn(x, f"{name}.body.0")
        y = self.conv_bn(y, f"{name}.body.1", depthwise=True)
        return self.keras.Add()([x, self.conv_bn(y, f"{name}.body.2", act=False)])

    def conv(self, x: Any, name: str) -> Any:
        return self.with_weights(self.keras.Conv2D(self.weights.width(name), 1), x, self.weights.conv(name))

    def fuse(self, coarse: Any, lateral: Any, name: str) -> Any:
        up = tensorflow().nn.depth_to_space(self.conv(coarse, f"{name}.up.expand"), 2)
        both = self.keras.Add()([up, self.conv_bn(lateral, f"{name}.lateral", act=False)])
        return self.keras.ReLU(6.0)(both)


def build(checkpoint: Path, size: int) -> Any:
    """A Keras model: image [1, size, size, 3] -> heatmap, geometry, visible, as in NAIL_HEATMAP."""
    keras = tensorflow().keras
    from models.networks import load

    network = load(NAIL_HEATMAP.name, checkpoint)
    layers = _Layers(_Weights(network.state_dict()))
    image = keras.Input((size, size, 3), batch_size=1, name="image")
    x = layers.conv_bn(image, "stem", 2)
    s4 = layers.separable(layers.separable(x, "stage4.0", 2), "stage4.1")
    stages = [s4]
    for name in ("stage8", "stage16", "stage32"):
        x = layers.separable(stages[-1], f"{name}.0", 2)
        for block in range(1, len(getattr(network, name))):
            x = layers.inverted_residual(x, f"{name}.{block}")
        stages.append(x)
    _, s8, s16, s32 = stages
    x = layers.separable(layers.fuse(s32, s16, "fuse16"), "mix16")
    x = layers.separable(layers.fuse(x, s8, "fuse8"), "mix8")
    x = layers.separable(layers.fuse(x, s4, "fuse4"), "mix4")
    pooled = keras.layers.GlobalAveragePooling2D()(s32)
    visible = layers.with_weights(keras.layers.Dense(5), pooled, layers.weights.dense("visible"))
    return keras.Model(image, [layers.conv(x, "heatmap"), layers.conv(x, "geometry"), visible])


def freeze(model: Any) -> FrozenGraph:
    """The model's inference as a frozen graph whose tensors have the spec's names."""
    tf = tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    function = tf.function(lambda image: model(image, training=False))
    signature = tf.TensorSpec(model.inputs[0].shape, tf.float32, name="image")
    frozen = convert_variables_to_constants_v2(function.get_concrete_function(signature))
    graph_def = frozen.graph.as_graph_def()
    names = [output.name for output in NAIL_HEATMAP.outputs]
    outputs = {name: tensor.name for name, tensor in zip(names, frozen.outputs, strict=True)}
    outputs = graph_passes.rename_outputs(graph_def, outputs)
    return FrozenGraph(graph_def, {"image": frozen.inputs[0].name}, outputs)


def write(checkpoint: Path, size: int, directory: Path) -> None:
    """A SavedModel of the network for one input size, as models.conversion writes one."""
    saved_model.write(freeze(build(checkpoint, size)), directory)
