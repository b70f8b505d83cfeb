"""What the browser tests share: sessions of the built SDK in Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from models.evaluation.dist_session import DistSession
from models.evaluation.static_server import StaticServer
from tests.conftest import TIMEOUT_MS

OpenSession = Callable[..., DistSession]


@pytest.fixture(scope="module")
def shared_session(dist_dir: Any, browser: Browser) -> Iterator[DistSession]:
    """One WASM session for a whole file of tests that only ask it for nails: creating one takes seconds."""
    with StaticServer(dist_dir, isolated=True) as server:
        context = browser.new_context()
        context.set_default_timeout(TIMEOUT_MS)
        yield DistSession(context.new_page(), server).create(backend="wasm", store="memory")
        context.close()


@pytest.fixture
def open_session(page: Any, server: StaticServer) -> OpenSession:
    """`open_session(backend="webgl", …)`: a session in this test's page, on this test's server."""
    return lambda **options: DistSession(page, server).create(**options)
