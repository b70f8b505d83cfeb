"""A network between a browser and a server on this machine, as slow as a phone's."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 4096


class _Line:
    """Bytes go one after the other, so many a second, all connections together."""

    def __init__(self, bytes_per_second: float) -> None:
        self._rate = bytes_per_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def send(self, size: int) -> None:
        """Returns when so many bytes have gone through."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + size / self._rate
            until = self._free_at
        time.sleep(max(0.0, until - time.monotonic()))


@contextmanager
def slow_network(port: int, megabits: float = 9.0, round_trip_ms: float = 170.0) -> Iterator[int]:
    """The port of a way to `port`: a connection costs one round trip, a request and its first bytes another one."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    line = _Line(megabits * 1e6 / 8)
    wait = round_trip_ms / 1000

    def serve(client: socket.socket) -> None:
        time.sleep(wait)
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            up = threading.Thread(target=_copy, args=(client, server, wait, None), daemon=True)
            up.start()
            _copy(server, client, 0.0, line)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _copy(source: socket.socket, target: socket.socket, wait: float, line: _Line | None) -> None:
    try:
        while data := source.recv(CHUNK):
            if wait:
                time.sleep(wait)  # requests are short: one piece each
            if line:
                line.send(len(data))
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the browser hung up
