"""Chromium, Firefox and WebKit behind one small interface: a page that goes to an address and runs JavaScript."""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from models.evaluation.chromium import FAKE_CAMERA, FLAGS, executable
from tests.conftest import TIMEOUT_MS

Name = Literal["chromium", "firefox", "webkit"]
ENGINES: tuple[Name, ...] = ("chromium", "firefox", "webkit")
Camera = Literal["film", "denied", "none"]

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's python3-gi is built for it alone
WATCH = (HERE / "watch.js").read_text()

# Quiet, as far as Firefox can be: no updates, no start page, no experiments. WebGL is Mesa's, in software.
FIREFOX_PREFERENCES = {
    "webgl.force-enabled": True,
    "media.autoplay.default": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "services.settings.server": "data:,",
    "datareporting.healthreport.uploadEnabled": False,
}
FIREFOX_CAMERA: dict[Camera, dict[str, Any]] = {
    "film": {"media.navigator.streams.fake": True, "media.navigator.permission.disabled": True},
    "denied": {"media.navigator.streams.fake": True, "permissions.default.camera": 2},
    "none": {"media.navigator.permission.disabled": True},
}


class EnginePage(Protocol):
    """A page of any engine."""

    engine: Name

    def goto(self, url: str) -> None: ...

    def evaluate(self, body: str, arg: Any = None) -> Any:
        """What the body of an async function returns, as JSON; `arg` is there by that name."""
        ...

    def take_camera_away(self) -> bool:
        """Ends the camera from outside of the page; False where the engine has no such switch."""
        ...

    def close(self) -> None: ...


class PlaywrightPage:
    """A page in a context of its own."""

    def __init__(self, engine: Name, context: BrowserContext) -> None:
        self.engine = engine
        self.context = context
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(WATCH)
        self.page = context.new_page()

    def goto(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, body: str, arg: Any = None) -> Any:
        return self.page.evaluate(f"async (arg) => {{ {body}\n }}", arg)

    def take_camera_away(self) -> bool:
        return False

    def close(self) -> None:
        self.context.close()


class WebkitPage:
    """A WebKitGTK process with one page and storage of its own."""

    engine: Name = "webkit"

    def __init__(self, display: str, **options: Any) -> None:
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(HERE / "webkit_process.py"), json.dumps({"script": WATCH, **options})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"},
        )

    def goto(self, url: str) -> None:
        self._ask({"goto": url})

    def evaluate(self, body: str, arg: Any = None) -> Any:
        return self._ask({"evaluate": body, "arg": arg})

    def take_camera_away(self) -> bool:
        self._ask({"camera": "off"})
        return True

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _ask(self, command: dict[str, Any]) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        while True:
            ready, _, _ = select.select([stdout], [], [], TIMEOUT_MS / 1000)
            line = stdout.readline() if ready else ""
            assert line, f"no answer from WebKit to {command}"
            if line.startswith('{"'):  # the libraries below print, too
                break
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


@contextmanager
def x_display() -> Iterator[str]:
    """A virtual screen: Firefox has WebGL 2, and WebKitGTK has windows, only with one."""
    if shutil.which("Xvfb") is None:
        pytest.fail("Xvfb is missing: install Debian's xvfb, python3-gi, gir1.2-webkit2-4.1 and firefox-esr", False)
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


class Engine:
    """One engine, started when it is first needed; pages with storage of their own."""

    def __init__(self, name: Name, playwright: Playwright, display: str) -> None:
        self.name = name
        self._playwright, self._display = playwright, display
        self._browsers: dict[Camera, Browser] = {}

    def open(self, camera: Camera = "film", proxy: str | None = None) -> EnginePage:
        """A page; proxy: `127.0.0.1:port` of something that takes every connection that leaves this machine."""
        if self.name == "webkit":
            options: dict[str, Any] = {"proxy": f"http://{proxy}"} if proxy else {}
            return WebkitPage(
                self._display, camera="deny" if camera == "denied" else "allow", devices=camera != "none", **options
            )
        if proxy:
            return PlaywrightPage(self.name, self._launch(camera, proxy).new_context())
        if camera not in self._browsers:
            self._browsers[camera] = self._launch(camera)
        return PlaywrightPage(self.name, self._browsers[camera].new_context())

    def open_profile(self, folder: Path) -> EnginePage:
        """A page of a browser of its own, with a camera, whose storage is in the folder and outlives it."""
        if self.name == "webkit":
            return WebkitPage(self._display, profile=str(folder))
        if self.name == "chromium":
            context = self._playwright.chromium.launch_persistent_context(
                folder, executable_path=executable(), headless=True, args=[*FLAGS, *FAKE_CAMERA]
            )
        else:
            context = self._playwright.firefox.launch_persistent_context(folder, **self._firefox("film"))
        return PlaywrightPage(self.name, context)

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()
        self._browsers.clear()

    def _launch(self, camera: Camera, proxy: str | None = None) -> Browser:
        if self.name == "chromium":
            flags = list(FLAGS) + ([f"--proxy-server={proxy}"] if proxy else [])
            if camera == "film":
                flags += FAKE_CAMERA
            if camera == "denied":
                flags += ["--use-fake-device-for-media-stream"]
            return self._playwright.chromium.launch(executable_path=executable(), headless=True, args=flags)
        preferences: dict[str, Any] = {}
        if proxy:
            host, port = proxy.split(":")
            for scheme in ("http", "ssl"):
                preferences |= {f"network.proxy.{scheme}": host, f"network.proxy.{scheme}_port": int(port)}
            preferences |= {"network.proxy.type": 1, "network.proxy.no_proxies_on": "localhost, 127.0.0.1"}
        return self._playwright.firefox.launch(**self._firefox(camera, preferences))

    def _firefox(self, camera: Camera, preferences: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "channel": "moz-firefox",
            "executable_path": shutil.which("firefox-esr"),
            "headless": False,
            "firefox_user_prefs": {**FIREFOX_PREFERENCES, **FIREFOX_CAMERA[camera], **(preferences or {})},
            "env": {**os.environ, "DISPLAY": self._display, "LIBGL_ALWAYS_SOFTWARE": "1"},
        }


OpenPage = Callable[..., EnginePage]
