"""RT-DETR through PyTorch and the core: the regions of both looks, and that the whole way fits together."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.evaluation.core import Core
from models.evaluation.engine_torch import RtdetrEngine
from models.networks import build, save
from models.spec import ENGINES, NAIL_HEATMAP, NAIL_RTDETR, NAIL_RTDETR_FULL
from tests.conftest import PHOTOS


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights: no nail is right, but every number has its place."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("checkpoints")
    network = build("nail_rtdetr")
    with torch.no_grad():
        for layer in network.decoder:  # type: ignore[union-attr]
            layer.classify.bias[:2] = 3.0  # sure of everything, so that something is kept
    save(network, folder / "nail_rtdetr.safetensors")
    save(build("hand_detector"), folder / "hand_detector.safetensors")
    patch = build("nail_patch")
    with torch.no_grad():
        for name, parameter in patch.named_parameters():
            if name.endswith("bias") and ("confidence" in name or "mask" in name):
                parameter.fill_(3.0)  # and every mask is of the whole patch
    save(patch, folder / "nail_patch.safetensors")
    return folder


def test_its_normalisation_is_the_cascades() -> None:
    assert NAIL_RTDETR.normalisation == NAIL_RTDETR_FULL.normalisation == NAIL_HEATMAP.normalisation


def test_both_exports_come_from_one_checkpoint() -> None:
    assert [ENGINES[engine][-2].network for engine in ("rtdetr", "rtdetr-full")] == ["nail_rtdetr"] * 2


@pytest.mark.parametrize("engine", ["rtdetr", "rtdetr-full"])
def test_nails_come_out_in_pixels_of_the_photo(checkpoints: Path, engine: str) -> None:
    photo = sorted(PHOTOS.glob("*.jpg"))[0]
    found = RtdetrEngine(checkpoints, engine).detect(photo)
    assert found
    assert all(np.isfinite([nail["center"]["x"], nail["direction"]]).all() for nail in found)
    assert all(0 <= nail["confidence"] <= 1 for nail in found)


def test_a_photo_is_looked_at_where_hands_are_and_then_where_their_nails_are(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    engine = RtdetrEngine(checkpoints, "rtdetr")
    hands = [(0.0, 0.0, 300.0, 300.0), (300.0, 100.0, 300.0, 300.0)]
    nails = [
        {"center": {"x": x, "y": 200.0}, "size": {"length": 80.0, "width": 60.0}, "hand": hand}
        for hand, x in enumerate((150.0, 450.0))
    ]

    def look(_rgba: np.ndarray, regions: list[tuple[float, ...]]) -> list[dict[str, object]]:
        looked.append(regions)
        return nails

    monkeypatch.setattr(engine, "_look", look)
    monkeypatch.setattr(engine, "hands", lambda _rgba: hands)
    engine.find(np.zeros((480, 640, 4), np.uint8))
    nearer = [Core().first_pass_roi(640, 480, nails, hand) for hand in (0, 1)]  # type: ignore[arg-type]
    assert looked == [hands, nearer]
    # No hand was seen: the whole photo, in case there is one all the same.
    nails.clear()
    monkeypatch.setattr(engine, "hands", lambda _rgba: [])
    assert engine.find(np.zeros((480, 640, 4), np.uint8)) == []
    assert looked[2:] == [[(0, 0, 640, 480)]]
