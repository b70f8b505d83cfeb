"""The service that the browser replaces finds what the browser finds, and takes its round trip."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from models.evaluation.engine_dist import DistEngine
from models.evaluation.nail import from_json
from models.evaluation.raster import rasterise
from tests.bench.flask_service import CHECKPOINTS, create_app, running
from tests.conftest import Sample

ROUND_TRIP_MS = 80.0


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running(create_app(CHECKPOINTS, ROUND_TRIP_MS)) as url:
        yield url


def post(url: str, body: bytes) -> dict[str, object]:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/detect", body, method="POST"), timeout=60) as answer:
        found: dict[str, object] = json.load(answer)
    return found


@pytest.mark.long  # it needs `scons rtdetr`
def test_it_finds_the_browsers_nails(
    service: str, samples: list[Sample], dist_dir: Path, playwright: Playwright
) -> None:
    photo = samples[0].photo
    answer = post(service, photo.read_bytes())
    theirs = [from_json(nail) for nail in answer["nails"]]  # type: ignore[attr-defined]
    with DistEngine(dist_dir, engine="rtdetr-full", playwright=playwright) as engine:
        ours = engine.detect(photo)
    assert len(ours) == len(theirs) > 0
    assert sorted(nail["finger"] for nail in ours) == sorted(nail["finger"] for nail in theirs)
    shape = samples[0].labels().shape
    one, other = (rasterise(nails, *shape) > 0 for nails in (ours, theirs))
    assert (one & other).sum() / (one | other).sum() > 0.97
    assert answer["total_ms"] >= answer["network_ms"] + ROUND_TRIP_MS - 1  # type: ignore[operator]


def test_what_is_no_picture_is_refused(service: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(service, b"no picture")
    assert refused.value.code == 400
