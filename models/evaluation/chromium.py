"""Debian's Chromium, driven by Playwright, the way the tests and the evaluation need it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright

# Quiet: no first-run pages, no updates, nothing that Chromium asks for by itself. WebGL is SwiftShader's.
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
)
FAKE_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def executable() -> str:
    """Where Chromium is: $CHROMIUM, else `chromium` on the path. Raises FileNotFoundError with what to install."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        raise FileNotFoundError("Chromium not found; install Debian's package `chromium` or set CHROMIUM to its path")
    return found


@contextmanager
def open_chromium(
    playwright: Playwright,
    *,
    profile: Path | None = None,
    camera: Path | None = None,
    args: tuple[str, ...] = (),
    **context: Any,
) -> Iterator["Chromium"]:
    """A headless Chromium with one context.

    profile: a folder that outlives the browser (storage, service worker); None for a fresh one each time.
    camera: a .y4m film that plays as the camera, permission granted (`fake_camera.write_y4m` makes one).
    context: more options of Playwright's `new_context`.
    """
    flags = [*FLAGS, *args]
    if camera is not None:
        flags += [*FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera.resolve()}"]
    if profile is not None:
        opened = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable(), headless=True, args=flags, **context
        )
        try:
            yield Chromium(opened)
        finally:
            opened.close()
        return
    browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=flags)
    try:
        yield Chromium(browser.new_context(**context))
    finally:
        browser.close()


class Chromium:
    """One browser context and the URL of every request made in it: pages, workers, the service worker."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.urls: list[str] = []
        context.on("request", lambda request: self.urls.append(request.url))

    def requests(self, since: int = 0) -> list[str]:
        """The network requests, from the since-th on (blob: and data: addresses never leave the page)."""
        return [url for url in self.urls[since:] if url.startswith(("http:", "https:", "ws:", "wss:"))]
