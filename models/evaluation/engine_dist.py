"""The cascade through the built `dist`, in headless Chromium."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from models.evaluation.chromium import open_chromium
from models.evaluation.dist_session import DistSession
from models.evaluation.nail import Nail
from models.evaluation.photos import MIME
from models.evaluation.static_server import StaticServer


class DistEngine:
    """Serves dist, opens it in Chromium and asks it for the nails of photo files.

    WASM is the default: here WebGL is software, and slower. Cross-origin isolation lets WASM use threads.
    Raises FileNotFoundError where dist is not built, SdkError for what the SDK throws.
    """

    def __init__(
        self,
        dist: Path,
        *,
        engine: str = "cascade",
        variant: str = "standard",
        backend: str = "wasm",
        precision: str = "float16",
        playwright: Playwright | None = None,
    ) -> None:
        if not (dist / "index.js").is_file():
            raise FileNotFoundError(f"{dist} holds no built SDK (no index.js); run `scons dist` first")
        with ExitStack() as stack:
            # One Playwright a process: a caller that already has one passes it.
            driver = playwright or stack.enter_context(sync_playwright())
            server = stack.enter_context(StaticServer(dist, isolated=True))
            chromium = stack.enter_context(open_chromium(driver))
            self.browser_version = chromium.context.browser.version if chromium.context.browser else "unknown"
            self.session = DistSession(chromium.context.new_page(), server)
            self.session.create(engine=engine, variant=variant, backend=backend, precision=precision, store="memory")
            self._stack = stack.pop_all()

    def detect(self, photo: Path) -> list[Nail]:
        """The nails in pixels of the upright photo."""
        return self.session.detect(photo.read_bytes(), MIME[photo.suffix.lower()])

    def describe(self) -> dict[str, Any]:
        """What ran, for the record."""
        return {"backend": self.session.backend, "chromium": self.browser_version}

    def close(self) -> None:
        self._stack.close()

    def __enter__(self) -> "DistEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
