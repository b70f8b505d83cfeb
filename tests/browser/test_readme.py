"""What the README promises: its two lines of HTML paint a photo."""

import io
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from models.evaluation.static_server import StaticServer
from tests.conftest import TIMEOUT_MS, Sample


@pytest.fixture
def shop(tmp_path: Path, repo_root: Path, dist_dir: Path, samples: list[Sample]) -> Path:
    """A web root with the README's page, its photo, and dist under /lunula/."""
    snippet = re.search(r"```html\n(.*?)```", (repo_root / "README.md").read_text(), re.DOTALL)
    assert snippet, "the README has no HTML example"
    assert len(snippet[1].strip().splitlines()) <= 12
    (tmp_path / "index.html").write_text(f"<!doctype html><title>Shop</title>\n{snippet[1]}")
    shutil.copyfile(samples[0].photo, tmp_path / "hand.jpg")
    shutil.copytree(dist_dir, tmp_path / "lunula", ignore=shutil.ignore_patterns("*.br", "*.gz", "types"))
    return tmp_path


def test_the_readmes_example_paints_a_photo(shop: Path, page: Page, samples: list[Sample]) -> None:
    sample = samples[0]
    with StaticServer(shop) as server:
        page.goto(f"{server.url}/index.html")
        bare = redness(Image.open(sample.photo).convert("RGB"), sample)
        until = time.monotonic() + TIMEOUT_MS / 1000
        while redness(shown(page), sample) < bare + 40:
            assert time.monotonic() < until, "the nails should have become red"
            page.wait_for_timeout(200)


def shown(page: Page) -> Image.Image:
    """The canvas as a person would save it."""
    data = page.locator("lunula-try-on canvas").evaluate(
        """async (canvas) => {
          const blob = await new Promise((resolve) => canvas.toBlob(resolve))
          return Array.from(new Uint8Array(await blob.arrayBuffer()))
        }"""
    )
    return Image.open(io.BytesIO(bytes(data))).convert("RGB")


def redness(picture: Image.Image, sample: Sample) -> float:
    """How much more red than green the labelled nails are; nothing of a picture of another size."""
    labels = sample.labels()
    if picture.size != labels.shape[::-1]:
        return -255.0
    red, green, _ = np.asarray(picture)[labels > 0].mean(axis=0)
    return float(red - green)
