"""The conversion from PyTorch to TF.js, whole, on a small network with every operator that the real ones use."""

import copy
import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from models.conversion import gates, kernels, nhwc, onnx_to_saved_model, saved_model, tfjs, tfjs_files, tfjs_gates
from models.conversion.errors import ConversionError, GateError
from models.conversion.gate_inputs import gate_inputs
from models.conversion.quiet_tensorflow import tensorflow
from models.spec import ModelSpec, TensorSpec

ROOT = Path(__file__).parents[2]
PHOTOS = ROOT / "sdk_src/app/samples"
NODE_MODULES = ROOT / "node_modules"

SPEC = ModelSpec(
    name="tiny",
    version="1",
    input=TensorSpec("image", (1, None, None, 3)),
    outputs=(TensorSpec("heatmap", (1, None, None, 5)), TensorSpec("visible", (1, 5))),
    example_shape=(1, 64, 64, 3),
    gate_shapes=((1, 64, 64, 3), (1, 128, 64, 3)),
)


class Chain(NamedTuple):
    """Every stage of one conversion."""

    network: Any
    onnx: Path
    nchw: saved_model.FrozenGraph
    nhwc_folder: Path
    model: tfjs_files.GraphModel


def tiny_network() -> Any:
    tensorflow()  # before anything imports onnx
    import torch
    from torch import nn

    from models.networks import ExportWrapper
    from models.networks.blocks import Fuse, InvertedResidual, conv_bn, separable

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = conv_bn(3, 8, 3, 2)
            self.stage = nn.Sequential(separable(8, 12, 5, 2), InvertedResidual(12, 2))
            self.fuse = Fuse(12, 8, 8)
            self.heatmap = nn.Conv2d(8, 5, 1)
            self.visible = nn.Linear(12, 5)

        def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            fine = self.stem(image)
            coarse = self.stage(fine)
            return self.heatmap(self.fuse(coarse, fine)), self.visible(coarse.mean((2, 3)))

    torch.manual_seed(0)
    network = Tiny()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # an untrained norm would leave no bias to fuse
            module.running_mean.uniform_(-0.5, 0.5)  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 1.5)  # type: ignore[union-attr]
            nn.init.uniform_(module.bias, -0.5, 1.0)
        elif isinstance(module, nn.Conv2d) and module.bias is not None:
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return ExportWrapper(network).eval()


def convert(network: Any, folder: Path) -> Chain:
    from models.conversion.export_onnx import export

    onnx = folder / "tiny.onnx"
    export(SPEC, network, onnx)
    nchw = onnx_to_saved_model.convert(SPEC, onnx)
    graph = nhwc.convert(SPEC, nchw)
    nhwc.check_layout(graph)
    saved_model.write(graph, folder / "nhwc")
    return Chain(network, onnx, nchw, folder / "nhwc", tfjs.convert(SPEC, folder / "nhwc"))


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return convert(tiny_network(), tmp_path_factory.mktemp("conversion"))


@pytest.fixture
def graph(chain: Chain) -> saved_model.FrozenGraph:
    """A copy of the NHWC graph that a test may damage."""
    return saved_model.read(chain.nhwc_folder)


@pytest.fixture
def stored(chain: Chain, tmp_path: Path) -> Path:
    """The float16 model's files."""
    tfjs_files.write(chain.model, "float16", tmp_path / "float16")
    return tmp_path / "float16"


def test_every_stage_gives_pytorchs_numbers_at_every_gate_shape(chain: Chain) -> None:
    from models.conversion.export_onnx import OnnxRunner

    stages = {
        "ONNX": OnnxRunner(chain.onnx),
        "SavedModel": saved_model.Runner(saved_model.in_float64(saved_model.free_input(chain.nchw, SPEC))),
        "NHWC": saved_model.Runner(saved_model.in_float64(saved_model.read(chain.nhwc_folder))),
    }
    for step, stage in stages.items():
        gates.against_pytorch(step, SPEC, chain.network, stage, PHOTOS)


def test_the_stored_graph_is_float32(chain: Chain) -> None:
    found = saved_model.Runner(saved_model.read(chain.nhwc_folder))(gate_inputs(SPEC, PHOTOS)[0])
    assert {value.dtype.name for value in found.values()} == {"float32"}


def test_tfjs_gives_pytorchs_numbers_on_the_wasm_backend(chain: Chain, tmp_path: Path) -> None:
    tfjs_files.write(chain.model, "float32", tmp_path / "float32")
    reference = gates.torch_stage(SPEC, chain.network)
    images = gate_inputs(SPEC, PHOTOS)
    found = tfjs_gates.differences_on_wasm(tmp_path / "float32", SPEC, reference, images, NODE_MODULES)
    tfjs_gates.check_outputs(found, len(images))


def test_biases_and_relu6_are_fused_and_no_transpose_or_pad_is_left(chain: Chain) -> None:
    # Two sums (residual, pyramid) and the ReLU6 after the pyramid's are the only element-wise operators left.
    expected = {"Placeholder": 1, "_FusedConv2D": 7, "FusedDepthwiseConv2dNative": 2, "_FusedMatMul": 1, "Mean": 1}
    assert dict(chain.model.ops()) == expected | {"DepthToSpace": 1, "AddV2": 2, "Relu6": 1}
    tfjs_gates.check_fused(chain.model)


def test_a_lone_bias_is_refused_by_name(chain: Chain) -> None:
    model = copy.deepcopy(chain.model)
    (convolution,) = (node for node in model.nodes() if node["name"] == "heatmap")
    model.nodes().append({"name": "late", "op": "BiasAdd", "input": ["heatmap", convolution["input"][2]]})
    with pytest.raises(ConversionError, match=r"node 'late' \(BiasAdd\) is not fused into 'heatmap'"):
        tfjs_gates.check_fused(model)


def test_a_lone_relu6_is_refused_unless_its_convolution_has_no_bias(chain: Chain) -> None:
    model = copy.deepcopy(chain.model)
    model.nodes().append({"name": "late", "op": "Relu6", "input": ["heatmap"]})
    with pytest.raises(ConversionError, match=r"node 'late' \(Relu6\) is not fused into 'heatmap'"):
        tfjs_gates.check_fused(model)
    (convolution,) = (node for node in model.nodes() if node["name"] == "heatmap")
    convolution["op"] = "Conv2D"
    tfjs_gates.check_fused(model)


def test_signature_has_the_specs_names_and_free_dimensions(chain: Chain) -> None:
    signature = chain.model.document["signature"]
    assert signature["inputs"]["image"]["name"] == "image:0"
    sizes = [dimension["size"] for dimension in signature["inputs"]["image"]["tensorShape"]["dim"]]
    assert sizes == ["1", "-1", "-1", "3"]
    assert {name: entry["name"] for name, entry in signature["outputs"].items()} == {
        "heatmap": "heatmap:0",
        "visible": "visible:0",
    }
    assert {"heatmap", "visible"} <= {node["name"] for node in chain.model.nodes()}


def test_a_perturbed_weight_fails_with_node_tensor_difference_and_bound(
    chain: Chain, graph: saved_model.FrozenGraph
) -> None:
    tf = tensorflow()
    (node,) = (n for n in graph.graph_def.node if n.op == "Conv2D" and "stage/stage.1/body/body.0" in n.name)
    (constant,) = (n for n in graph.graph_def.node if n.name == node.input[1])
    weight = tf.make_ndarray(constant.attr["value"].tensor).copy()
    weight[..., 0, :] += 0.5  # one filter alone might be dead behind its ReLU6
    constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weight))
    with pytest.raises(GateError) as failure:
        gates.against_pytorch("NHWC", SPEC, chain.network, saved_model.Runner(graph), PHOTOS)
    message = str(failure.value)
    assert "node 'net/stage/stage.1/body/body.0/body.0.0/Conv" in message  # the first wrong layer, not the last
    assert "tensor 'heatmap'" in message or "tensor 'visible'" in message
    assert "> bound 0.0001" in message


def test_a_perturbed_onnx_weight_fails_with_the_layer_it_is_in(chain: Chain, tmp_path: Path) -> None:
    import onnx

    from models.conversion.export_onnx import OnnxRunner

    model = onnx.load(chain.onnx)
    (node,) = (n for n in model.graph.node if n.name == "/net/heatmap/Conv")
    (tensor,) = (t for t in model.graph.initializer if t.name == node.input[2])
    tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor) + np.float32(0.01), tensor.name))
    onnx.save(model, tmp_path / "perturbed.onnx")
    with pytest.raises(
        GateError, match=r"node '/net/heatmap/Conv', tensor 'heatmap': difference 0\.01 > bound 0\.0001"
    ):
        gates.against_pytorch("ONNX", SPEC, chain.network, OnnxRunner(tmp_path / "perturbed.onnx"), PHOTOS)


def test_a_pad_left_over_is_refused_by_name(graph: saved_model.FrozenGraph) -> None:
    graph.graph_def.node.add(name="late/Pad", op="Pad")
    with pytest.raises(ConversionError, match=r"node 'late/Pad' \(Pad"):
        nhwc.check_layout(graph)


def test_equal_networks_become_equal_bytes(chain: Chain, tmp_path: Path) -> None:
    again = convert(tiny_network(), tmp_path)
    assert again.onnx.read_bytes() == chain.onnx.read_bytes()
    assert _bytes(again.nhwc_folder) == _bytes(chain.nhwc_folder)
    for dtype in tfjs.DTYPES:
        tfjs_files.write(chain.model, dtype, tmp_path / "first" / dtype)
        tfjs_files.write(again.model, dtype, tmp_path / "second" / dtype)
        assert _bytes(tmp_path / "first" / dtype) == _bytes(tmp_path / "second" / dtype)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("dtype", tfjs.DTYPES)
def test_quantisation_rounds_weights_and_leaves_all_else_alone(chain: Chain, dtype: str, tmp_path: Path) -> None:
    tfjs_files.write(chain.model, dtype, tmp_path)
    back = tfjs_files.read(tmp_path)
    tfjs_gates.check_weights(chain.model, back, dtype)
    weights = chain.model.storage(dtype)
    assert len(weights) == 7 + 2 + 1  # convolutions, depthwise convolutions, the matrix product
    for name, exact in chain.model.weights.items():
        assert (name in weights) != np.array_equal(exact, back.weights[name]), name


def test_uint8_keeps_depthwise_and_small_weights_in_float16(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfjs_files, "SMALL", 200)
    tfjs_files.write(chain.model, "uint8", tmp_path)
    (group,) = json.loads((tmp_path / "model.json").read_text())["weightsManifest"]
    stored = {entry["name"]: entry["quantization"]["dtype"] for entry in group["weights"] if "quantization" in entry}
    # 12x24 and 24x12 of the residual block, 12x32 of the pyramid, 3x3x3x8 of the stem.
    assert sorted(chain.model.weights[name].size for name, kind in stored.items() if kind == "uint8") == [
        216,
        288,
        288,
        384,
    ]
    depthwise = {node["input"][1] for node in chain.model.nodes() if "Depthwise" in node["op"]}
    assert depthwise <= {name for name, kind in stored.items() if kind == "float16"}
    tfjs_gates.check_weights(chain.model, tfjs_files.read(tmp_path), "uint8")


def test_a_flipped_byte_in_a_shard_fails_the_weight_gate(chain: Chain, stored: Path) -> None:
    (shard,) = stored.glob("*.bin")
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 0x40
    shard.write_bytes(content)
    with pytest.raises(GateError, match=r"node '.+'.* difference .* > bound|constant '.+' .* changed"):
        tfjs_gates.check_weights(chain.model, tfjs_files.read(stored), "float16")


def test_a_weight_outside_float16_fails_the_weight_gate(chain: Chain, tmp_path: Path) -> None:
    model = copy.deepcopy(chain.model)
    name = next(iter(model.storage("float16")))
    model.weights[name] = model.weights[name].copy()
    model.weights[name].flat[3] = 70_000.0  # float16 ends at 65,504
    with np.errstate(over="ignore"):
        tfjs_files.write(model, "float16", tmp_path)
    with pytest.raises(GateError, match=f"node '{name}', value 3: difference inf > bound"):
        tfjs_gates.check_weights(model, tfjs_files.read(tmp_path), "float16")


def test_shards_hold_at_most_4_mib_and_old_ones_are_removed(chain: Chain, stored: Path) -> None:
    model = copy.deepcopy(chain.model)
    model.weights["big"] = np.zeros(1_500_000, np.float32)
    shutil.copy(stored / "model.json", stored / "group1-shard9of9.bin")
    tfjs_files.write(model, "float32", stored)
    sizes = {path.name: path.stat().st_size for path in stored.glob("*.bin")}
    assert sizes["group1-shard1of2.bin"] == 4 * 1024 * 1024
    assert sizes.keys() == {"group1-shard1of2.bin", "group1-shard2of2.bin"}


def test_every_kernel_of_the_graph_is_on_all_backends(chain: Chain, stored: Path) -> None:
    trace = kernels.used(stored, (1, 64, 64, 3), NODE_MODULES)
    assert trace["heatmap"] == {"op": "_FusedConv2D", "kernels": ["FusedConv2D"]}
    assert len(trace) == sum(chain.model.ops().values()) - 1  # all but the placeholder
    kernels.check(trace, kernels.registered(NODE_MODULES))


def test_einsum_is_refused_because_wasm_has_no_kernel(tmp_path: Path) -> None:
    tf = tensorflow()
    spec = dataclasses.replace(SPEC, outputs=(TensorSpec("product", (1, None, None, 2)),))
    graph = tf.Graph()
    with graph.as_default():
        image = tf.compat.v1.placeholder(tf.float32, (1, None, None, 3), name="image")
        tf.einsum("nhwc,cd->nhwd", image, tf.ones((3, 2)), name="einsum")
        (einsum,) = (operation for operation in graph.get_operations() if operation.type == "Einsum")
        tf.identity(einsum.outputs[0], name="product")
    frozen = saved_model.FrozenGraph(graph.as_graph_def(), {"image": "image:0"}, {"product": "product:0"})
    saved_model.write(frozen, tmp_path / "saved")
    tfjs_files.write(tfjs.convert(spec, tmp_path / "saved"), "float32", tmp_path / "model")
    trace = kernels.used(tmp_path / "model", (1, 64, 64, 3), NODE_MODULES)
    with pytest.raises(ConversionError, match=r"\(Einsum\) needs the kernel Einsum, which wasm.* lacks"):
        kernels.check(trace, kernels.registered(NODE_MODULES))


def test_a_pool_is_refused_before_onnx_tf_gets_it_wrong(tmp_path: Path) -> None:
    tensorflow()
    import torch

    file = tmp_path / "pool.onnx"
    torch.onnx.export(
        torch.nn.Sequential(torch.nn.MaxPool2d(2)),
        (torch.zeros(1, 3, 8, 8),),
        str(file),
        dynamo=False,
        opset_version=15,
    )
    with pytest.raises(ConversionError, match=r"ONNX node '.*MaxPool' is a MaxPool: onnx-tf's handler gives wrong"):
        onnx_to_saved_model.convert(SPEC, file)
