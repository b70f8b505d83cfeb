"""The engines on the sample photos: good enough, and the same through PyTorch and through dist."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Playwright

from models.evaluation.engine_dist import DistEngine
from models.evaluation.engine_torch import MAX_FRAME_SIDE, TorchEngine
from models.evaluation.metrics import summarise
from models.evaluation.nail import scaled
from models.evaluation.photos import pair
from models.evaluation.run import run, write_masks
from tests.conftest import MASKS, PHOTOS, Sample

# A confidence far from the threshold at which nails are reported.
SURE = 0.7


@pytest.fixture(scope="module")
def torch_engine(repo_root: Path) -> TorchEngine:
    return TorchEngine(repo_root / "models" / "checkpoints")


@pytest.fixture
def dist_engine(dist_dir: Path, playwright: Playwright) -> Iterator[Callable[..., DistEngine]]:
    opened: list[DistEngine] = []

    def open_engine(**options: str) -> DistEngine:
        opened.append(DistEngine(dist_dir, playwright=playwright, **options))
        return opened[-1]

    yield open_engine
    for engine in opened:
        engine.close()


def test_the_checkpoints_find_the_nails_of_the_samples(torch_engine: TorchEngine) -> None:
    summary = summarise([result.score for result in run(torch_engine, pair(PHOTOS, MASKS))])
    print(summary)
    assert summary.nails == 60
    # The goals of `val` with a margin: twelve photos are few.
    assert summary.matched_iou >= 0.80
    assert summary.recall >= 0.85
    assert summary.precision >= 0.85


def test_dist_gives_the_nails_of_pytorch(
    torch_engine: TorchEngine, dist_engine: Callable[..., DistEngine], samples: list[Sample]
) -> None:
    engine = dist_engine()
    assert engine.describe()["backend"] == "wasm"
    photos = [photo for photo in pair(PHOTOS, MASKS) if photo.name in {sample.name for sample in samples[::4]}]
    for expected, found in zip(run(torch_engine, photos), run(engine, photos), strict=True):
        assert len(found.nails) == len(expected.nails) > 0
        both, either = (found.labels > 0) & (expected.labels > 0), (found.labels > 0) | (expected.labels > 0)
        assert both.sum() / either.sum() > 0.98, found.photo.name


def test_predicted_masks_are_written_at_the_photos_size(torch_engine: TorchEngine, tmp_path: Path) -> None:
    photo = pair(PHOTOS, MASKS)[0]
    (result,) = run(torch_engine, [photo])
    write_masks(tmp_path / "out")(result)
    labels = np.asarray(Image.open(tmp_path / "out" / f"{photo.name}.png"))
    assert labels.dtype == np.uint8
    assert labels.shape == photo.labels().shape
    assert set(np.unique(labels)) <= set(range(len(result.nails) + 1))


def test_a_large_photo_gives_nails_in_its_own_pixels(torch_engine: TorchEngine, tmp_path: Path) -> None:
    small = next(photo for photo in pair(PHOTOS, MASKS) if max(photo.labels().shape) * 2 > MAX_FRAME_SIDE)
    image = Image.open(small.image)
    large = tmp_path / "large.png"
    image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC).save(large)
    expected, found = torch_engine.detect(small.image), torch_engine.detect(large)
    assert expected
    # A nail about which the engine is in two minds may be in one of them only.
    for nails, others, factor in ((expected, found, 2.0), (found, expected, 0.5)):
        for nail in nails:
            center = scaled(nail, factor)["center"]
            distances = [
                np.hypot(other["center"]["x"] - center["x"], other["center"]["y"] - center["y"]) for other in others
            ]
            assert nail["confidence"] < SURE or min(distances) < nail["size"]["length"] * factor / 2
