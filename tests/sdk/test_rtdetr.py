"""The engine RT-DETR in the built SDK. Long: it needs `scons rtdetr`, and takes half a second an inference on WASM."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.engine_dist import DistEngine
from models.evaluation.engine_torch import RtdetrEngine
from models.evaluation.raster import rasterise
from models.evaluation.static_server import StaticServer
from tests.conftest import ROOT, Sample
from tests.sdk.session_page import url_of
from tests.sdk.test_video import FILM

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def _built(dist_dir: Path) -> None:
    if not (dist_dir / "models/rtdetr.json").is_file():
        pytest.fail(
            f"{dist_dir.name}/ holds no RT-DETR; run `scons rtdetr` first, or `scons nightly`, which does", False
        )


@pytest.mark.parametrize(("engine", "backend"), [("rtdetr", "wasm"), ("rtdetr-full", "wasm"), ("rtdetr", "webgl")])
def test_it_gives_the_nails_of_pytorch(
    dist_dir: Path, playwright: Playwright, samples: list[Sample], engine: str, backend: str
) -> None:
    torch_engine = RtdetrEngine(ROOT / "models" / "checkpoints", engine)
    with DistEngine(dist_dir, engine=engine, backend=backend, playwright=playwright) as dist:
        for sample in samples[::6]:
            ours, theirs = dist.detect(sample.photo), torch_engine.detect(sample.photo)
            assert len(ours) == len(theirs) > 0
            assert sorted(nail["finger"] for nail in ours) == sorted(nail["finger"] for nail in theirs)
            one, other = (rasterise(nails, *sample.labels().shape) > 0 for nails in (ours, theirs))
            assert (one & other).sum() / (one | other).sum() > 0.97
            for nail in ours:
                assert len(nail["contour"]) >= 8
                assert all(np.isfinite([point["x"], point["y"]]).all() for point in nail["keypoints"])


def test_only_what_was_asked_for_is_fetched_and_told_as_it_comes(
    opened: Callable[..., Page], server: StaticServer
) -> None:
    page = opened(create=False)
    steps = page.evaluate(
        """async () => {
          const steps = []
          const onProgress = ({ loaded, total, phase }) => steps.push([phase, loaded / total])
          await create({ engine: 'rtdetr', onProgress })
          return steps
        }"""
    )
    shares = [share for phase, share in steps if phase == "models"]
    assert len(shares) > 8
    assert shares == sorted(shares)
    assert shares[-1] == 1
    fetched = server.paths()
    assert "/models/rtdetr.json" in fetched
    assert "/backend_wasm_rtdetr.js" in fetched
    assert not any(part in path for path in fetched for part in ("nail_heatmap", "nail_patch_r6d", "_full", "uint8"))
    assert not any(path in fetched for path in ("/models/manifest.json", "/backend_wasm.js"))


def test_the_cascade_fetches_nothing_of_it(opened: Callable[..., Page], server: StaticServer) -> None:
    opened()
    assert not any("rtdetr" in path for path in server.paths())


@pytest.mark.parametrize(("engine", "backend"), [("rtdetr", "wasm"), ("rtdetr-full", "wasm"), ("rtdetr", "webgl")])
def test_a_video_is_tracked_and_leaves_no_tensor(
    opened: Callable[..., Page], samples: list[Sample], engine: str, backend: str
) -> None:
    page = opened(engine=engine, backend=backend)
    page.evaluate(FILM, url_of(samples[0]))
    found = page.evaluate(
        """async () => {
          const frames = []
          tryOn.addEventListener('frame', ({ detail }) => frames.push(detail))
          await tryOn.start(video, canvas)
          await until(() => frames.length >= 3)
          const { tensors } = await tryOn.memory()
          await until(() => frames.length >= 6)
          const ids = frames.slice(-3).map(({ nails }) => nails.map(({ id }) => id).sort().join())
          return { ids, tier: frames[0].tier, grown: (await tryOn.memory()).tensors - tensors }
        }"""
    )
    assert found["tier"] == (256 if engine == "rtdetr" else 432)
    assert found["grown"] == 0
    assert len(set(found["ids"])) == 1
    assert found["ids"][0]
