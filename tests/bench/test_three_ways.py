"""The three ways into a browser stay runnable and right. Long: they need `scons rtdetr`. Times are printed only."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.bench.three_ways import compare, tell
from tests.conftest import ROOT


@pytest.mark.long
@pytest.mark.timeout(900)
def test_every_way_computes_what_pytorch_computes(dist_dir: Path, playwright: Playwright) -> None:
    rows = compare(dist_dir, ROOT / "models" / "checkpoints", 3, playwright)
    tell(rows)
    found = {(row.network, row.way): row for row in rows}
    assert len(found) == 5
    for (network, way), row in found.items():
        # float16 weights move the outputs; the ONNX file has them in float32, as PyTorch made them from float16.
        assert row.error < (1e-3 if way == "onnxruntime-web" else 0.5), (network, way)
    product, native = found["nail_heatmap", "onnx-tf and TF.js"], found["nail_heatmap", "Keras and TF.js"]
    assert product.operators <= native.operators
