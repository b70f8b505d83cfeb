"""The shipped WASM module in Node against the native build, on the same inputs."""

import base64
import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.evaluation.core import Core
from models.evaluation.nail import Nail
from models.spec import FINGERS, NAIL_HEATMAP, NAIL_PATCH
from tests.core.synthetic import Ellipse, in_order, pass1, pass2

HARNESS = Path(__file__).with_name("pipeline.mjs")
WIDTH, HEIGHT, TIER, FRAMES = 640, 480, 256, 20
NAILS = [
    Ellipse(90 + 110 * i, 120 + 60 * (i % 3), 60 - 5 * i, 40 - 3 * i, 0.9 * i - 1.7, i, 4 - 0.3 * i) for i in range(5)
]


def text(array: np.ndarray, dtype: type) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode()


def array(encoded: str, dtype: type) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded), dtype)


@pytest.fixture(scope="module")
def both(
    core_library: Path, wasm: Path, node: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the native core and the module make of one scenario."""
    core = Core(core_library)
    rng = np.random.default_rng(11)
    frame = rng.integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
    rect = (20.0, 10.0, 600.0, 440.0)
    size = core.segment_size(WIDTH, HEIGHT, TIER)
    affine = core.fit_rect(rect, *size)
    stride = NAIL_HEATMAP.constants["stride"]
    rows, columns = int(size[1] / stride), int(size[0] / stride)
    scores, boxes = rng.normal(-2, 2, (12, 12, 1)), rng.uniform(0, 1.5, (12, 12, 4))
    hands = core.decode_hands(scores, boxes, affine, WIDTH, HEIGHT)
    hand_roi = core.hand_roi(WIDTH, HEIGHT, hands[0])
    core.set_regions([hand_roi])
    heatmap, geometry = pass1(NAILS, rows, columns, affine)
    candidates = core.decode_heatmap(heatmap, geometry, affine)
    affines = core.plan_patches()
    keypoints, masks, confidence = pass2(in_order(NAILS, candidates), affines)
    masks = masks + rng.normal(0, 0.5, masks.shape).astype(np.float32)
    core.store_patches(0, keypoints, masks, confidence)
    nails = core.decode_patches()
    native = {
        "size": size,
        "image": core.sample(frame, [affine], size, NAIL_HEATMAP.name),
        "affines": affines,
        "patches": core.sample(frame, affines, (64, 64), NAIL_PATCH.name),
        "nails": nails,
        "roi": core.first_pass_roi(WIDTH, HEIGHT, nails),
        "hands": [(h.score, h.left, h.top, h.right, h.bottom) for h in hands],
        "hand_roi": hand_roi,
    }
    scenario = {
        **{"width": WIDTH, "height": HEIGHT, "tier": TIER, "inputWidth": size[0], "inputHeight": size[1]},
        **{"rows": rows, "columns": columns, "patches": len(affines), "frame": text(frame, np.uint8)},
        **{"cells": 12, "scores": text(scores, np.float32), "boxes": text(boxes, np.float32)},
        **{"rect": text(np.array(rect), np.float32), "heatmap": text(heatmap, np.float32)},
        **{"geometry": text(geometry, np.float32), "keypoints": text(keypoints, np.float32)},
        **{"masks": text(masks, np.float32), "confidence": text(confidence, np.float32)},
    }
    path = tmp_path_factory.mktemp("wasm") / "scenario.json"
    path.write_text(json.dumps(scenario))
    done = subprocess.run([node, HARNESS, wasm, path, str(FRAMES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return native, json.loads(done.stdout)


def test_the_module_imports_nothing(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert both[1]["imports"] == []


def test_memory_does_not_grow_and_frames_do_not_differ(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    assert both[1]["bytesAfter"] == both[1]["bytesBefore"]
    assert both[1]["same"]


def test_sizes_and_samples_are_the_same_bits(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    native, wasm = both
    assert tuple(array(wasm["size"], np.int32)) == native["size"]
    np.testing.assert_array_equal(array(wasm["image"], np.float32), native["image"].ravel())


def test_plans_and_patches_agree(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    # The two libms may differ in the last bit of atan2, cos and sin: 1e-4 px, and 8 normalised units a pixel at most.
    native, wasm = both
    assert wasm["planned"] == len(NAILS)
    np.testing.assert_allclose(array(wasm["affines"], np.float32), native["affines"].ravel(), atol=1e-4)
    np.testing.assert_allclose(array(wasm["patches"], np.float32), native["patches"].ravel(), atol=2e-3)


def test_nails_agree(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    native, wasm = both
    assert len(wasm["nails"]) == len(native["nails"]) == len(NAILS)
    for found, nail in zip(wasm["nails"], native["nails"], strict=True):
        check_nail(found, nail)
    np.testing.assert_allclose(array(wasm["roi"], np.float32), native["roi"], atol=1e-2)


def test_hands_agree(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    native, wasm = both
    np.testing.assert_allclose(array(wasm["hands"], np.float32), np.ravel(native["hands"]), atol=1e-3)
    np.testing.assert_allclose(array(wasm["handRoi"], np.float32), native["hand_roi"], atol=1e-3)


def check_nail(found: dict[str, str], nail: Nail) -> None:
    values = array(found["words"], np.float32)
    assert FINGERS[array(found["words"], np.int32)[0]] == nail["finger"]
    assert values[1] == pytest.approx(nail["confidence"], abs=1e-5)
    np.testing.assert_allclose(values[2:4], list(nail["center"].values()), atol=1e-3)
    np.testing.assert_allclose(values[4:6], list(nail["size"].values()), atol=1e-3)
    assert abs(math.remainder(values[6] - nail["direction"], 2 * math.pi)) < 1e-5
    np.testing.assert_allclose(values[7:11], [v for point in nail["keypoints"] for v in point.values()], atol=1e-3)
    np.testing.assert_allclose(values[11:17], nail["mask"]["transform"], atol=1e-4)
    rect = nail["mask"]["rect"]
    np.testing.assert_allclose(values[17:21], (rect["x"], rect["y"], rect["width"], rect["height"]), atol=1e-3)
    np.testing.assert_allclose(array(found["contour"], np.float32).reshape(-1, 2), nail["contour"], atol=1e-3)
    assert array(found["words"], np.int32)[24] == nail["hand"]
    difference = array(found["mask"], np.uint8).astype(int) - nail["mask"]["data"].ravel()
    assert np.abs(difference).max() <= 1
