"""Serves the PWA: what `scons serve` calls. With HTTPS=1 a phone on the local network can open it by QR code."""

import argparse
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from models.evaluation.static_server import StaticServer


def main(arguments: list[str] | None = None) -> int:
    """The command line; runs until Ctrl-C."""
    options = _parser().parse_args(arguments)
    if not (options.dist / "index.html").is_file():
        print(f"serve: {options.dist} holds no page (no index.html); run `scons dist` first", file=sys.stderr)
        return 1
    secure = options.https or os.environ.get("HTTPS") == "1"
    server = lan_server(options.dist) if secure else StaticServer(options.dist, isolated=True)
    try:
        _start(server, options.port)
        print(f"Lunula: {server.url}/   (Ctrl-C ends it)", flush=True)
        if secure:
            _tell_phone(server)
        threading.Event().wait()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C must not tear up the end
        print()
    server.stop()
    return 0


def lan_server(dist: Path) -> StaticServer:
    """Every network interface, TLS with a certificate made now."""
    from models.evaluation.certificate import tls_context

    return StaticServer(dist, host="0.0.0.0", isolated=True, tls=tls_context(lan_address()))


def lan_address() -> str:
    """This machine's address on the local network; 127.0.0.1 where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only picks the interface. RFC 5737 documentation address.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _start(server: StaticServer, port: int) -> None:
    server.port = port
    try:
        server.start()
    except OSError:
        print(f"Port {port} is taken; a free one is used.")
        server.port = 0
        server.start()


def _tell_phone(server: StaticServer) -> None:
    import segno

    url = f"https://{lan_address()}:{server.port}/"
    print(f"Phone:  {url}   (the certificate is this machine's own: the phone will ask once)\n")
    segno.make(url, error="m").terminal(compact=True)
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m models.evaluation.serve", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one")
    parser.add_argument("--https", action="store_true", help="the same as HTTPS=1 in the environment")
    return parser


if __name__ == "__main__":
    sys.exit(main())
