"""The built SDK in a page: created, asked and closed the way a web page would, from Python."""

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from models.evaluation.nail import Nail, from_json
from models.evaluation.static_server import MIME_TYPES, Answer, StaticServer

# Beside dist's own files on the test server: an empty page of the same origin, and the script that drives the SDK.
BLANK = "/evaluation/"
SCRIPT = "/evaluation/page.js"
TIMEOUT_S = 120.0


class SdkError(RuntimeError):
    """What the SDK threw. code: a LunulaError's code; None when it was no LunulaError."""

    def __init__(self, name: str, code: str | None, message: str) -> None:
        super().__init__(f"{code or name}: {message}")
        self.name, self.code, self.message = name, code, message


class DistSession:
    """One `NailTryOn` in one page of a served dist. Every call ends within timeout_s, in a value or an SdkError."""

    def __init__(self, page: Page, server: StaticServer, *, timeout_s: float = TIMEOUT_S) -> None:
        self.page, self.server, self.timeout_s = page, server, timeout_s
        self.backend = self.storage = ""
        self.phases: list[dict[str, Any]] = []
        add_pages(server)
        page.goto(server.url + BLANK)

    def create(self, **options: Any) -> "DistSession":
        """NailTryOn.create with the options of the public API (backend, precision, store, engine …)."""
        made = self._call("create", options)
        self.backend, self.storage, self.phases = made["backend"], made["storage"], made["phases"]
        return self

    def detect(self, photo: bytes, mime: str = "image/jpeg") -> list[Nail]:
        """The nails of an encoded photo, in its own pixels (EXIF orientation applied)."""
        return [from_json(nail) for nail in self._call("detect", _encoded(photo, mime))]

    def paint(
        self, photo: bytes, polish: dict[str, Any] | None = None, mime: str = "image/jpeg"
    ) -> tuple[bytes, list[Nail]]:
        """The painted photo as PNG, and its nails. polish: {color, finish, opacity}; None keeps the session's."""
        made = self._call("paint", {**_encoded(photo, mime), "polish": polish})
        return base64.b64decode(made["png"]), [from_json(nail) for nail in made["nails"]]

    def close(self) -> None:
        self._call("close", {})

    def _call(self, name: str, options: dict[str, Any]) -> Any:
        answer = self.page.evaluate(
            f"async (arguments_) => (await import('{SCRIPT}')).call(...arguments_)",
            [name, options, self.timeout_s * 1000],
        )
        if "error" in answer:
            raise SdkError(**answer["error"])
        return answer["value"]


def add_pages(server: StaticServer) -> None:
    """Puts the empty page and the driver script beside dist's files."""
    html = b"<!doctype html><meta charset=utf-8><title>Lunula</title><link rel=icon href=data:,>"
    script = Path(__file__).with_name("page.js").read_bytes()
    server.faults[BLANK] = lambda _: Answer(html, headers={"Content-Type": MIME_TYPES[".html"]})
    server.faults[SCRIPT] = lambda _: Answer(script, headers={"Content-Type": MIME_TYPES[".js"]})


def _encoded(photo: bytes, mime: str) -> dict[str, str]:
    return {"photo": base64.b64encode(photo).decode(), "type": mime}
