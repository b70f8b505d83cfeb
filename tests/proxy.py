"""A proxy that takes every connection out of the machine and writes down what it asks for."""

import socketserver
import threading

# Chromium and Firefox ask these by themselves, flags or not (updates, sign-in, what a form is for, lists). A page that
# asked them would be in Playwright's record.
BROWSERS_OWN = (
    "update.googleapis.com",
    "content-autofill.googleapis.com",
    "accounts.google.com",
    ".mozilla.",
    ".firefox.com",
    "mozilla.org",
)


class Proxy:
    """Answers nothing. `asked`: the first line of each request that a page can have made."""

    def __init__(self) -> None:
        asked = self.asked = []  # type: list[str]

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline(4096).decode("latin-1").strip()
                if line and not any(host in line for host in BROWSERS_OWN):
                    asked.append(line)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def flags(self) -> tuple[str, ...]:
        """For Chromium."""
        return (f"--proxy-server={self.address}",)

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
