"""How long the web service takes here: python -m tests.bench.service_latency [--device cuda] --out FILE.json.

A photo as a camera's frame of 640x480, made a JPEG, sent, its nails read: as peers/flask.ts does, without a browser.
The way there and back is added by waiting. Needs build/native (scons core) and models/checkpoints, nothing else built.
"""

import argparse
import io
import json
import statistics
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageOps

from tests.bench.flask_service import create_app, running

SIZE = (640, 480)
WAIT_S = 0.1
WARM_UP = 5
PHOTOS = Path(__file__).parents[2] / "sdk_src" / "app" / "samples"


def measure(device: str, frames: int, photo: Path) -> list[float]:
    """Milliseconds a frame, waiting included. Raises RuntimeError when the photo's nails are not found."""
    with Image.open(photo) as picture:
        frame = ImageOps.fit(picture.convert("RGB"), SIZE)
    times = []
    with running(create_app(round_trip_ms=0, device=device)) as url:
        for _ in range(WARM_UP + frames):
            start = time.perf_counter()
            body = io.BytesIO()
            frame.save(body, "JPEG", quality=90)
            with urllib.request.urlopen(
                urllib.request.Request(f"{url}/detect", body.getvalue(), method="POST")
            ) as answer:
                nails = json.load(answer)["nails"]
            time.sleep(WAIT_S)
            times.append(1000 * (time.perf_counter() - start))
            if not nails:
                raise RuntimeError(f"no nail was found in {photo}")
    return times[WARM_UP:]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.service_latency", description=__doc__.split("\n")[0])
    parser.add_argument("--device", default="cpu", help="where PyTorch computes: cpu or cuda")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--photo", type=Path, default=PHOTOS / "kg_4c4a6402-e402.jpg")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    times = sorted(measure(options.device, options.frames, options.photo))
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    found = {
        "device": options.device,
        "waitMs": 1000 * WAIT_S,
        "p50": statistics.median(times),
        "p95": p95,
        "raw": times,
    }
    date = datetime.now(UTC).isoformat(timespec="seconds")
    options.out.write_text(json.dumps({"format": "lunula-service-1", "date": date, **found}, indent=1) + "\n")
    print(f"{options.device}: p50 {found['p50']:.1f}, p95 {p95:.1f} ms, {1000 * WAIT_S:.0f} of them waited")


if __name__ == "__main__":
    main()
