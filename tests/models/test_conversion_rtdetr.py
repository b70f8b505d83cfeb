"""RT-DETR through the whole conversion, with random weights: every gate, both stored forms, their sizes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.conversion import gates, kernels, nhwc, onnx_to_saved_model, saved_model, tfjs, tfjs_files, tfjs_gates
from models.conversion.gate_inputs import gate_inputs
from models.conversion.quiet_tensorflow import tensorflow
from models.spec import NAIL_RTDETR as SPEC

ROOT = Path(__file__).parents[2]
PHOTOS = ROOT / "sdk_src/app/samples"
NODE_MODULES = ROOT / "node_modules"

# The bounds.
FLOAT16_BYTES, UINT8_BYTES = 20_000_000, 10_000_000
# Attention's own: four an attention layer, and the mask's pixels.
MOST_TRANSPOSES = 17
MOST_OPERATORS = 500


def random_network(images: list[np.ndarray]) -> Any:
    """Random weights whose batch norm has seen photos, and none of which is zero: an unused path would not show."""
    tensorflow()  # before anything imports onnx
    import torch

    from models.networks import ExportWrapper, build

    torch.manual_seed(0)
    network = build("nail_rtdetr").train()
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.any():
                parameter.normal_(0, 0.05)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None  # the statistics of the one batch below
                module.bias.normal_(0, 0.1)
        network.predict(torch.from_numpy(np.concatenate(images)).permute(0, 3, 1, 2))  # type: ignore[operator]
    return ExportWrapper(network).eval()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_stage_gives_pytorchs_numbers(tmp_path: Path) -> None:
    from models.conversion.export_onnx import OnnxRunner, export

    images = gate_inputs(SPEC, PHOTOS)
    network = random_network(images)
    export(SPEC, network, tmp_path / "rtdetr.onnx")
    gates.against_pytorch("ONNX", SPEC, network, OnnxRunner(tmp_path / "rtdetr.onnx"), PHOTOS)

    graph = nhwc.convert(SPEC, onnx_to_saved_model.convert(SPEC, tmp_path / "rtdetr.onnx"))
    nhwc.check_layout(graph, fixed_size=True)
    saved_model.write(graph, tmp_path / "nhwc")
    exact = saved_model.Runner(saved_model.in_float64(saved_model.read(tmp_path / "nhwc")))
    gates.against_pytorch("NHWC SavedModel", SPEC, network, exact, PHOTOS)

    model = tfjs.convert(SPEC, tmp_path / "nhwc")
    tfjs_gates.check_fused(model)
    assert model.ops()["Transpose"] <= MOST_TRANSPOSES
    assert sum(model.ops().values()) <= MOST_OPERATORS
    tfjs_files.write(model, "float32", tmp_path / "float32")
    kernels.check(
        kernels.used(tmp_path / "float32", SPEC.example_shape, NODE_MODULES), kernels.registered(NODE_MODULES)
    )
    found = tfjs_gates.differences_on_wasm(tmp_path / "float32", SPEC, exact, images, NODE_MODULES)
    tfjs_gates.check_outputs(found, len(images))

    for dtype, most in (("float16", FLOAT16_BYTES), ("uint8", UINT8_BYTES)):
        tfjs_files.write(model, dtype, tmp_path / dtype)
        tfjs_gates.check_weights(model, tfjs_files.read(tmp_path / dtype), dtype)
        assert sum(file.stat().st_size for file in (tmp_path / dtype).iterdir()) <= most
