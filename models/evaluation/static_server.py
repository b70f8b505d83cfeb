"""A threaded static server for `dist`: what `scons serve`, the evaluation through `dist` and the browser tests use."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import unquote, urlsplit

MIME_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".bin": "application/octet-stream",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".map": "application/json",
    ".ts": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# Best first; the build writes both beside each compressible file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# What a page needs before threads and SharedArrayBuffer are allowed (cross-origin isolation).
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


@dataclass(frozen=True)
class Request:
    """One answered request. status 0: the connection was cut before the answer was whole."""

    method: str
    path: str
    status: int
    encoding: str = "identity"


@dataclass(frozen=True)
class Answer:
    """A reply; a fault hook returns one to replace what the file would have given.

    cut_after: send only so many bytes of the promised length, then cut the connection.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None


# Called with the file's bytes (b"" where there is no such file); None leaves the answer as it is.
FaultHook = Callable[[bytes], Answer | None]


class StaticServer:
    """Serves a folder on localhost from a background thread.

    `faults` maps a path ("/models/manifest.json") to a hook and may change while the server runs. `stop` also cuts the
    connections kept alive, so that a page sees the server gone; `start` comes back on the same port.
    """

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        isolated: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not root.is_dir():
            raise FileNotFoundError(f"{root} is no folder; build it first with `scons dist`")
        self.root = root.resolve()
        self.host, self.port, self.tls = host, port, tls
        self.headers = dict(ISOLATION) if isolated else {}
        self.faults: dict[str, FaultHook] = {}
        self.requests: list[Request] = []
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """The origin, without a slash at the end."""
        name = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "") else self.host
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}"

    def paths(self, since: int = 0) -> list[str]:
        """The paths asked for, in order, from the since-th request on."""
        return [request.path for request in self.requests[since:]]

    def start(self) -> "StaticServer":
        server = _Server((self.host, self.port), self)
        self.port = server.server_address[1]
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut_connections()
            self._server = None

    def __enter__(self) -> "StaticServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, path: str, accepted: str) -> Answer:
        """The reply to GET path, with the best precompressed form that the client accepts."""
        file = self._file(path)
        if path in self.faults:
            replaced = self.faults[path](file.read_bytes() if file else b"")
            if replaced is not None:
                return replaced
        if file is None:
            return Answer(f"no such file: {path}\n".encode(), 404, {"Content-Type": MIME_TYPES[".txt"]})
        headers = {"Content-Type": MIME_TYPES.get(file.suffix, "application/octet-stream"), "Vary": "Accept-Encoding"}
        names = {part.split(";")[0].strip() for part in accepted.split(",")}
        for encoding, suffix in ENCODINGS:
            packed = file.with_name(file.name + suffix)
            if encoding in names and packed.is_file():
                return Answer(packed.read_bytes(), headers={**headers, "Content-Encoding": encoding})
        return Answer(file.read_bytes(), headers=headers)

    def _file(self, path: str) -> Path | None:
        file = (self.root / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        inside = file.is_relative_to(self.root)  # "/../secret" leaves the folder
        return file if inside and file.is_file() else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: StaticServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner
        self._open: set[socket] = set()

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.owner.tls is not None:
            # The handshake waits for the handler's thread: a silent client must not block the others.
            connection = self.owner.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        for connection in list(self._open):
            self.shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up (a closed tab, a refused certificate) is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        owner = self.server.owner
        path = unquote(urlsplit(self.path).path)
        answer = owner.answer(path, self.headers.get("Accept-Encoding", ""))
        whole = answer.cut_after is None
        encoding = answer.headers.get("Content-Encoding", "identity")
        owner.requests.append(Request(self.command, path, answer.status if whole else 0, encoding))
        self.send_response(answer.status)
        # no-cache: a rebuilt dist shows at once; what must be fast is in the service worker and in IndexedDB.
        headers = {"Content-Length": str(len(answer.body)), "Cache-Control": "no-cache", **owner.headers}
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(answer.body[: answer.cut_after])
        if not whole:
            self.wfile.flush()
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: `requests` is the log."""
