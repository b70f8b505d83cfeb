"""The app, driven the way a person does it, through the hooks that index.html promises."""

import base64
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.browser.pictures import pixels
from tests.conftest import TIMEOUT_MS

expect.set_options(timeout=TIMEOUT_MS)


class AppPage:
    """One open page of the app. `errors` holds what the page logged as an error, CSP refusals included."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._logged)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location['url']}")

    def open(self, url: str) -> "AppPage":
        self.page.goto(url)
        return self

    def hook(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def state(self, *names: str) -> None:
        """Wait until the app is in one of these states."""
        expect(self.page.locator("html")).to_have_attribute("data-state", re.compile(f"^({'|'.join(names)})$"))

    def ready_offline(self) -> None:
        """Wait until the app says that it is stored."""
        expect(self.hook("ready-offline")).to_be_visible()

    def choose_photo(self, photo: Path) -> None:
        self.hook("photo-input").set_input_files(photo)

    def choose_file(self, content: bytes, name: str = "photo.jpg", mime: str = "image/jpeg") -> None:
        self.hook("photo-input").set_input_files({"name": name, "mimeType": mime, "buffer": content})

    def choose_shade(self, name: str) -> None:
        """Pick a swatch and wait until the picture wears it."""
        swatch = self.hook(f"swatch-{name}")
        swatch.click()
        color = swatch.evaluate("input => input.style.getPropertyValue('--swatch')")
        expect(self.hook("canvas")).to_have_attribute("data-color", color)

    def canvas(self) -> np.ndarray:
        """What the canvas holds, uint8 [H, W, 3]."""
        url = self.hook("canvas").evaluate("canvas => canvas.toDataURL('image/png')")
        return pixels(base64.b64decode(url.partition(",")[2]))
