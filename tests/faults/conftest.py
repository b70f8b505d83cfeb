"""The three engines, pages in them, and the matrix of what was tested."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from models.evaluation.static_server import MIME_TYPES, Answer, StaticServer
from tests.conftest import Sample
from tests.faults.engines import ENGINES, HERE, Engine, EnginePage, OpenPage, x_display
from tests.sdk.conftest import page_bundler
from tests.sdk.session_page import url_of

BLANK = "/blank"
SESSION = (HERE / "session.js").read_text()
HOOK = (HERE / "worker_hook.js").read_bytes()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that needs `engine` runs in every engine but those that cannot produce its fault."""
    if "engine" not in metafunc.fixturenames:
        return
    metafunc.parametrize("engine", ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with x_display() as name:
        yield name


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest, playwright: Playwright, display: str) -> Iterator[Engine]:
    """One engine after the other: pytest puts the tests of each together."""
    started = Engine(request.param, playwright, display)
    yield started
    started.close()


@pytest.fixture
def open_page(engine: Engine) -> Iterator[OpenPage]:
    """`open_page(camera="denied")`: a page with a storage of its own. An error that nobody caught fails the test."""
    with ExitStack() as stack:
        pages: list[EnginePage] = []

        def opened(**options: Any) -> EnginePage:
            page = engine.open(**options)
            stack.callback(page.close)
            pages.append(page)
            return page

        yield opened
        for page in pages:
            assert page.evaluate("return globalThis.uncaught ?? []") == []


@pytest.fixture
def fault_server(server: StaticServer) -> StaticServer:
    """dist, a blank page, and a worker that does what the test tells it."""
    server.faults[BLANK] = lambda _: Answer(b"<!doctype html><meta charset=utf-8>", headers={"Content-Type": HTML})
    server.faults["/worker.js"] = lambda body: Answer(HOOK + body, headers={"Content-Type": MIME_TYPES[".js"]})
    return server


@pytest.fixture(scope="session")
def page_bundle(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`page_bundle("models")`: tests/sdk/pages/models.ts as a classic script that fills `window`."""
    return page_bundler(repo_root, tmp_path_factory.mktemp("pages"))


HTML = MIME_TYPES[".html"]

Session = Callable[..., EnginePage]


@pytest.fixture
def session(open_page: OpenPage, fault_server: StaticServer) -> Session:
    """`session(backend="webgl")`: a page with a ready `tryOn`; create=False leaves that to the test."""

    def opened(*, create: bool = True, before: str = "", page: dict[str, Any] | None = None, **options: Any) -> Any:
        opened_page = open_page(**(page or {}))
        opened_page.goto(fault_server.url + BLANK)
        if before:
            opened_page.evaluate(before)
        opened_page.evaluate(SESSION, {"assets": fault_server.url + "/"})
        if create:
            opened_page.evaluate("await create(arg)", {"backend": "wasm", **options})
        return opened_page

    return opened


@pytest.fixture(scope="session")
def hand(samples: list[Sample]) -> str:
    """A photo with a hand, as a data: address, small enough for any engine to be quick."""
    return url_of(samples[0], 0.7)
