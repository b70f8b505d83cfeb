"""RT-DETR through PyTorch and the core: the region of the second look, and that the whole way fits together."""

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
    return folder


def test_its_normalisation_is_the_cascades() -> None:
    assert NAIL_RTDETR.normalisation == NAIL_RTDETR_FULL.normalisation == NAIL_HEATMAP.normalisation


def test_both_exports_come_from_one_checkpoint() -> None:
    assert {spec.network for engine in ("rtdetr", "rtdetr-full") for spec in ENGINES[engine]} == {"nail_rtdetr"}


@pytest.mark.parametrize("engine", ["rtdetr", "rtdetr-full"])
def test_nails_come_out_in_pixels_of_the_photo(checkpoints: Path, engine: str) -> None:
    photo = sorted(PHOTOS.glob("*.jpg"))[0]
    found = RtdetrEngine(checkpoints, engine).detect(photo)
    assert found
    assert all(np.isfinite([nail["center"]["x"], nail["direction"]]).all() for nail in found)
    assert all(0 <= nail["confidence"] <= 1 for nail in found)


def test_the_second_look_is_at_the_first_ones_nails(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    engine = RtdetrEngine(checkpoints, "rtdetr")
    nail = {"center": {"x": 200.0, "y": 150.0}, "size": {"length": 40.0, "width": 30.0}, "hand": 0}

    def look(_rgba: np.ndarray, roi: tuple[float, ...]) -> list[dict[str, object]]:
        looked.append(roi)
        return [nail] * 3

    monkeypatch.setattr(engine, "_look", look)
    engine._detect(np.zeros((480, 640, 4), np.uint8))
    assert looked == [(0, 0, 640, 480), Core().first_pass_roi(640, 480, [nail] * 3)]  # type: ignore[list-item]
    monkeypatch.setattr(engine, "_look", lambda _rgba, _roi: [])
    assert engine._detect(np.zeros((480, 640, 4), np.uint8)) == []
