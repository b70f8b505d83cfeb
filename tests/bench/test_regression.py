"""The gate of `scons test`: ratios within one run, of contenders that take turns. No time of its own is ever asserted.

The bounds are far above what is measured (docs/performance.md), so that only a real loss of speed goes past them.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from models.evaluation.static_server import StaticServer
from tests.bench.compare import compare, open_peers
from tests.bench.peer_files import mount_peers
from tests.faults.engines import Engine

ROUNDS, FRAMES = 3, 6
# Lunula's frame to nails of theirs: median of the rounds' own ratios.
MOST_OF = {"@mediapipe/hands": 1.0, "onnxruntime-web": 2.5}


@pytest.fixture(scope="module")
def tracked(
    playwright: Playwright, dist_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """One hand, five nails, 640x480, in turns."""
    engine = Engine("chromium", playwright, "")
    with StaticServer(dist_dir) as server:
        mount_peers(server, tmp_path_factory.mktemp("peers"))
        page = open_peers(engine, server)
        yield compare(page, "one hand", ("lunula", *MOST_OF), ROUNDS, FRAMES)
        page.close()
    engine.close()


@pytest.mark.parametrize("peer", MOST_OF)
def test_a_tracked_frame_beside_its_peers(tracked: dict[str, Any], peer: str) -> None:
    assert tracked["failures"] == {}
    ours, theirs = ([statistics.median(times) for times in tracked["raw"][name]] for name in ("lunula", peer))
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    assert statistics.median(ratios) < MOST_OF[peer], f"rounds: {[round(ratio, 2) for ratio in ratios]}"


def test_post_processing_is_a_small_part(tracked: dict[str, Any]) -> None:
    stages = tracked["stages"]
    assert stages["post"] < 0.15 * stages["total"]
