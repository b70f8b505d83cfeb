"""The system that the browser replaces: PyTorch's nail_rtdetr at 432x432 behind HTTP. For development only.

python -m tests.bench.flask_service [--port 5000] [--round-trip-ms 60] [--device cuda]

POST /detect, the body an encoded photo: {"nails": [...], "network_ms": …}, nails as `models/evaluation/page.js` gives
them, in pixels of the upright photo. Every answer is held back by the round-trip time, as a network would.
"""

import argparse
import io
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from PIL import UnidentifiedImageError
from werkzeug.serving import make_server

from models.evaluation.engine_torch import RtdetrEngine
from models.evaluation.nail import Nail

CHECKPOINTS = Path(__file__).parents[2] / "models" / "checkpoints"
ROUND_TRIP_MS = 60.0  # there and back, beside the upload; set it to what is asked about


def create_app(checkpoints: Path = CHECKPOINTS, round_trip_ms: float = ROUND_TRIP_MS, device: str = "cpu") -> Flask:
    """The service; device: where PyTorch computes.

    Raises FileNotFoundError without the checkpoint, CoreError without the native core.
    """
    app = Flask(__name__)
    engine = RtdetrEngine(checkpoints, "rtdetr-full", device)
    turn = threading.Lock()  # the core works on one photo at a time

    @app.post("/detect")
    def detect() -> Response | tuple[Response, int]:
        came = time.perf_counter()
        try:
            with turn:
                start = time.perf_counter()
                nails = engine.detect(io.BytesIO(request.get_data()))
                network_ms = 1000 * (time.perf_counter() - start)
        except UnidentifiedImageError:
            return jsonify(error="the body is no picture"), 400
        time.sleep(round_trip_ms / 1000)
        total_ms = 1000 * (time.perf_counter() - came)
        return jsonify(nails=[plain(nail) for nail in nails], network_ms=network_ms, total_ms=total_ms)

    return app


def plain(nail: Nail) -> dict[str, Any]:
    """A nail without arrays: the mask as latin-1 text, one character a byte."""
    mask = {**nail["mask"], "data": nail["mask"]["data"].tobytes().decode("latin-1")}
    return {**nail, "mask": mask, "contour": nail["contour"].reshape(-1).tolist()}


@contextmanager
def running(app: Flask, port: int = 0) -> Iterator[str]:
    """The service in a thread of its own; gives its address. port 0: any free one."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line a request
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main(arguments: list[str] | None = None) -> None:
    """The command line; runs until Ctrl-C."""
    parser = argparse.ArgumentParser("python -m tests.bench.flask_service", description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0, the default, is any free one")
    parser.add_argument("--checkpoints", type=Path, default=CHECKPOINTS, metavar="DIR")
    parser.add_argument("--round-trip-ms", type=float, default=ROUND_TRIP_MS)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args(arguments)
    with running(create_app(options.checkpoints, options.round_trip_ms, options.device), options.port) as url:
        print(f"POST a photo to {url}/detect   (Ctrl-C ends it)", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
