"""docs/examples: built and run in Chromium as their README says, with the packed tarball."""

import base64
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from models.evaluation.static_server import StaticServer
from tests.browser.pictures import changed, iou, pixels
from tests.conftest import TIMEOUT_MS, Sample
from tests.packed import ROOT, install, pack, run

EXAMPLES = ROOT / "docs/examples"


@pytest.fixture(scope="module")
def project(dist_dir: Path, tmp_path_factory: pytest.TempPathFactory, samples: list[Sample]) -> Path:
    """A project with the tarball installed, and the examples in it, built, with the package's contents and a photo."""
    folder = tmp_path_factory.mktemp("project")
    package = install(pack(dist_dir, folder), folder)
    for example in ("html", "react", "vue"):
        shutil.copytree(EXAMPLES / example, folder / example)
        if (folder / example / "package.json").exists():
            run(["npm", "run", "build", "--silent"], folder / example)
        shutil.copytree(package, folder / example / "lunula")
        shutil.copyfile(samples[0].photo, folder / example / "photo.jpg")
    return folder


@pytest.fixture
def shop(request: pytest.FixtureRequest, project: Path, page: Page) -> Iterator[Page]:
    """The page of an example. Its errors fail the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with StaticServer(project / request.param) as server:
        page.goto(server.url + "/index.html")
        yield page
        page.goto("about:blank")
    assert errors == []


def picture(page: Page) -> np.ndarray:
    url = page.locator("canvas").evaluate("(canvas) => canvas.toDataURL('image/png')")
    return pixels(base64.b64decode(url.partition(",")[2]))


def greener(colors: np.ndarray) -> bool:
    """Whether pixels [N, 3] are rather green than red, on the mean."""
    red, green, _ = colors.mean(axis=0)
    return bool(green > red + 30)


@pytest.mark.parametrize("shop", ["html", "react", "vue"], indirect=True)
def test_example_paints_and_repaints(shop: Page, samples: list[Sample]) -> None:
    truth = samples[0].labels() > 0
    shop.get_by_text("nails painted").first.wait_for()
    red = picture(shop)
    assert iou(changed(samples[0].photo, red), truth) >= 0.5
    inside = changed(samples[0].photo, red) & truth
    assert not greener(red[inside])
    shop.get_by_role("button", name="Fern").click()
    # By eye, as it were: the picture itself must become green.
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while not greener(picture(shop)[inside]) and time.monotonic() < deadline:
        shop.wait_for_timeout(100)
    assert greener(picture(shop)[inside])


@pytest.mark.parametrize("example", ["react", "vue"])
def test_example_names_the_versions_it_is_tested_with(example: str, dist_dir: Path) -> None:
    ours = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    ours["lunula"] = json.loads((dist_dir / "package.json").read_text())["version"]
    about = json.loads((EXAMPLES / example / "package.json").read_text())
    for name, version in {**about["dependencies"], **about["devDependencies"]}.items():
        assert version == ours[name], name
