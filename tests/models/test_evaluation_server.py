"""The static server: encodings, types, faults, the log, TLS."""

import gzip
import http.client
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.evaluation.certificate import tls_context
from models.evaluation.static_server import Answer, Request, StaticServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StaticServer]:
    root = tmp_path / "dist"
    root.mkdir()
    (root / "index.html").write_bytes(b"<!doctype html>")
    (root / "core.wasm").write_bytes(b"\0asm")
    (root / "core.wasm.gz").write_bytes(gzip.compress(b"\0asm"))
    (root / "core.wasm.br").write_bytes(b"brotli, for all that the server knows")
    (tmp_path / "secret").write_bytes(b"outside")
    with StaticServer(root, isolated=True) as started:
        yield started


def get(server: StaticServer, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    return response, response.read()


def test_files_come_with_type_and_isolation(server: StaticServer) -> None:
    response, body = get(server, "/")
    assert body == b"<!doctype html>"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip;q=1.0", "gzip"), ("", None)])
def test_the_best_accepted_form_is_sent(server: StaticServer, accepted: str, encoding: str | None) -> None:
    response, body = get(server, "/core.wasm?v=1", Accept_Encoding=accepted)
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Content-Type"] == "application/wasm"
    assert response.headers["Vary"] == "Accept-Encoding"
    if encoding is None:
        assert body == b"\0asm"


def test_what_is_missing_or_outside_is_404(server: StaticServer) -> None:
    assert get(server, "/none.js")[0].status == 404
    assert get(server, "/../secret")[0].status == 404
    assert get(server, "/%2e%2e/secret")[0].status == 404


def test_requests_are_logged_in_order(server: StaticServer) -> None:
    get(server, "/core.wasm", Accept_Encoding="br")
    get(server, "/none.js")
    assert server.requests == [Request("GET", "/core.wasm", 200, "br"), Request("GET", "/none.js", 404)]
    assert server.paths(since=1) == ["/none.js"]


def test_a_fault_replaces_the_answer_until_it_is_taken_away(server: StaticServer) -> None:
    server.faults["/core.wasm"] = lambda body: Answer(body[::-1], 200, {"Content-Type": "application/wasm"})
    assert get(server, "/core.wasm", Accept_Encoding="br")[1] == b"msa\0"
    del server.faults["/core.wasm"]
    assert get(server, "/core.wasm")[1] == b"\0asm"


def test_a_connection_can_be_cut_in_the_middle(server: StaticServer) -> None:
    server.faults["/core.wasm"] = lambda _: Answer(b"x" * 100, cut_after=10)
    with pytest.raises(http.client.IncompleteRead):
        get(server, "/core.wasm")
    assert server.requests[-1].status == 0


def test_a_stopped_server_drops_kept_connections_and_comes_back_on_its_port(server: StaticServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/")
    connection.getresponse().read()
    server.stop()
    assert connection.sock.recv(1) == b""
    server.start()
    assert get(server, "/")[0].status == 200


def test_the_self_signed_certificate_names_the_address(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"over TLS")
    with StaticServer(tmp_path, tls=tls_context("192.0.2.7")) as server:
        assert server.url == f"https://localhost:{server.port}"
        unverified = ssl.create_default_context()
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=10, context=unverified)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"over TLS"
        der = connection.sock.getpeercert(binary_form=True)
    assert der is not None
    assert bytes([192, 0, 2, 7]) in der


@pytest.mark.parametrize(("https", "scheme"), [("0", "http"), ("1", "https")])
def test_serve_prints_its_address_and_ends_cleanly(tmp_path: Path, repo_root: Path, https: str, scheme: str) -> None:
    (tmp_path / "index.html").write_bytes(b"the page")
    started = subprocess.Popen(
        [sys.executable, "-m", "models.evaluation.serve", "--dist", str(tmp_path), "--port", "0"],
        cwd=repo_root, env={**os.environ, "HTTPS": https, "PYTHONUTF8": "1"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout is not None
    said = started.stdout.readline()
    assert said.startswith(f"Lunula: {scheme}://localhost:")
    if https == "1":
        said = started.stdout.readline()
        assert said.startswith("Phone:  https://")
        while "█" not in said:  # the QR code
            said = started.stdout.readline()
            assert said
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=20)
    assert started.returncode == 0
