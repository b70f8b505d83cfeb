"""What every room's tests share: the repository, the built `dist`, the sample photos, a server and a browser."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Playwright, WebError, sync_playwright

from models.evaluation.chromium import FLAGS, Chromium, executable
from models.evaluation.static_server import StaticServer

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = ROOT / "sdk_src" / "app" / "samples"
MASKS = ROOT / "tests" / "data" / "samples" / "masks"
# Software WebGL on a busy machine with two cores: generous, but a hang still ends.
TIMEOUT_MS = 120_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fault-matrix", type=Path, help="write what the tests of faults came to, as a page")


def pytest_configure(config: pytest.Config) -> None:
    from tests.faults.matrix import Matrix

    config.pluginmanager.register(Matrix(config.getoption("--fault-matrix")))


@dataclass(frozen=True)
class Sample:
    """One CC0 photo and its instance mask (0 background, k the k-th nail)."""

    photo: Path
    mask: Path

    @property
    def name(self) -> str:
        return self.photo.stem

    def labels(self) -> np.ndarray:
        """uint8 [H, W]."""
        return np.asarray(Image.open(self.mask))


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def dist_dir() -> Path:
    """The built product; LUNULA_DIST names another folder than dist/."""
    dist = Path(os.environ.get("LUNULA_DIST", ROOT / "dist"))
    if not (dist / "index.js").is_file() or not (dist / "models" / "manifest.json").is_file():
        pytest.fail(f"{dist.name}/ is not built; run `scons dist` first, or `./bootstrap test`, which does", False)
    return dist


@pytest.fixture(scope="session")
def samples() -> list[Sample]:
    """The twelve sample photos, by name."""
    found = [Sample(photo, MASKS / f"{photo.stem}.png") for photo in sorted(PHOTOS.glob("*.jpg"))]
    assert len(found) == 12, f"12 sample photos expected in {PHOTOS.relative_to(ROOT)}, {len(found)} found"
    missing = [sample.mask.name for sample in found if not sample.mask.is_file()]
    assert not missing, f"{MASKS.relative_to(ROOT)} lacks {', '.join(missing)}"
    return found


@pytest.fixture
def serve(dist_dir: Path) -> Iterator[Callable[..., StaticServer]]:
    """`serve(isolated=True, …)`: as many servers of dist as a test wants, each with its own origin and log."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(StaticServer(dist_dir, **options))


@pytest.fixture
def server(serve: Callable[..., StaticServer]) -> StaticServer:
    """dist on an origin of its own, so that no storage is shared between tests."""
    return serve()


UNCAUGHT: list[str] = []


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One a process: Playwright's synchronous form allows no second. Every page of every context is watched."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in [
            (Browser, "new_context"),
            (Browser, "new_page"),
            (BrowserType, "launch_persistent_context"),
        ]:
            patch.setattr(owner, name, watched(getattr(owner, name)))
        with sync_playwright() as started:
            yield started


def watched(opening: Callable[..., Any]) -> Callable[..., Any]:
    """A method that opens a context or a page: `UNCAUGHT` is told of what nobody caught there."""

    def opened(*args: Any, **options: Any) -> Any:
        made = opening(*args, **options)
        context: BrowserContext = getattr(made, "context", made)
        context.on("weberror", tell)
        return made

    def tell(error: WebError) -> None:
        # Firefox hands its console's line about a refused fetch over as an error; a rejection would come besides.
        if not str(error.error).startswith("The Same Origin Policy disallows"):
            UNCAUGHT.append(str(error.error))

    return opened


@pytest.fixture(autouse=True)
def nothing_uncaught(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page of a test leaves an error or a rejection to nobody. Marker `throws`: the test lets one on purpose."""
    UNCAUGHT.clear()
    yield
    if not request.node.get_closest_marker("throws"):
        assert not UNCAUGHT, f"nobody caught: {UNCAUGHT}"


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=executable(), headless=True, args=list(FLAGS))
    yield opened
    opened.close()


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Chromium]:
    """A fresh context (its own storage) that records every request."""
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT_MS)
    yield Chromium(context)
    context.close()


@pytest.fixture
def page(chromium: Chromium) -> Page:
    """An empty page. What the page logs is shown when the test fails."""
    opened = chromium.context.new_page()
    opened.on("console", lambda message: print(f"[{message.type}] {message.text}"))
    opened.on("pageerror", lambda error: print(f"[uncaught] {error}"))
    return opened
