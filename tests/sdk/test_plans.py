"""Kernels of our own on WebGPU, in software, against plain loops: layers of every kind, and every built network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.static_server import Answer, StaticServer
from tests.conftest import TIMEOUT_MS

# Of an output's largest value: what the probe allows a backend.
TOLERANCE = 1e-4
WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")
TILINGS = [{"pixels": pixels, "slices": slices} for pixels, slices in ((1, 1), (4, 1), (1, 4), (2, 16))]
# Tiers of a tracked hand and an upright photo; batches of patches that shaders are compiled for, and one patch.
SHAPES = {
    "nail_heatmap": [[1, 256, 256, 3], [1, 128, 64, 3], [2, 64, 64, 3]],
    "nail_patch": [[5, 64, 64, 3], [1, 64, 64, 3]],
    "nail_patch_r6d": [[5, 64, 64, 3], [1, 64, 64, 3]],
    "hand_detector": [[1, 192, 192, 3]],
}


@pytest.fixture(scope="module")
def page(playwright: Playwright, dist_dir: Path, page_bundle: Callable[[str], Path]) -> Iterator[Page]:
    with open_chromium(playwright, args=WEBGPU) as chromium, StaticServer(dist_dir) as server:
        chromium.context.set_default_timeout(TIMEOUT_MS)
        server.faults["/blank"] = lambda _: Answer(b"<!doctype html>", headers={"Content-Type": "text/html"})
        opened = chromium.context.new_page()
        opened.goto(f"{server.url}/blank")
        opened.add_script_tag(path=page_bundle("plans"))
        yield opened


def test_layers_of_every_kind_however_they_are_cut_up(page: Page) -> None:
    errors = page.evaluate("(tilings) => layers(tilings)", TILINGS)
    assert len(errors) == len(TILINGS)
    assert max(errors) < TOLERANCE, errors


@pytest.mark.parametrize("name", SHAPES)
def test_networks_at_several_sizes(page: Page, name: str) -> None:
    found: dict[str, Any] = page.evaluate("(given) => network(...given)", [f"/models/{name}/float16", SHAPES[name]])
    assert max(found["errors"]) < TOLERANCE, found["errors"]
    before, *meanwhile, again, after = found["held"]
    assert before == after == {"tensors": 0, "tensorBytes": 0}
    assert again == meanwhile[-1], "a further run holds nothing more"


def test_no_ask_whether_the_device_is_done_waits_behind_another(page: Page) -> None:
    """What is sent to a device without waiting for an answer lies before the next frame's commands."""
    found = page.evaluate("traffic()")
    assert found["submissions"] == 2, "one a run"
    assert found["asks"] >= 1
    assert found["atOnce"] == 1
    assert found["later"] <= 1
