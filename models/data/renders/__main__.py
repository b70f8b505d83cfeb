"""Draws renders into a tar like the photos': `python -m models.data.renders --count 6000 --seed 1 --out renders.tar`.

The tar holds images/ID.jpg, masks/ID.png and, with --depth, depth/ID.png; what is known about each is written beside
it, into renders.json for renders.tar, and into the tar as renders.json. Picture k of a seed does not depend on the
rest of the command; a run stopped by --minutes holds the first pictures, whole.
"""

import argparse
import io
import json
import os
import tarfile
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from models.data.renders.draw import draw


def main(arguments: list[str] | None = None) -> None:
    """Writes the tar and its rows."""
    parser = argparse.ArgumentParser(
        prog="python -m models.data.renders", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--first", type=int, default=0, help="the first picture's number")
    parser.add_argument("--seed", type=int, default=1, help="train on odd seeds; evaluation draws even ones")
    parser.add_argument("--size", type=int, default=432, help="side of the square pictures in pixels")
    parser.add_argument("--out", type=Path, required=True, help="a .tar")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long, with a whole tar")
    parser.add_argument(
        "--depth", action="store_true", help="also depth: 16 bit, tenths of a millimetre, 0 = background"
    )
    options = parser.parse_args(arguments)
    if options.count < 1 or options.size < 64 or options.seed < 0 or options.out.suffix != ".tar":
        parser.error("--count must be at least 1, --size at least 64, --seed not negative and --out a .tar")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # for the processes of the pool: one a core is enough
    rows, start = [], time.monotonic()
    numbers = range(options.first, options.first + options.count)
    work = partial(draw, seed=options.seed, size=options.size, depth=options.depth)
    with tarfile.open(options.out, "w") as archive, get_context("spawn").Pool(options.processes) as pool:

        def add(path: str, content: bytes) -> None:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

        for row, files in pool.imap(work, numbers, chunksize=4):
            rows.append(row)
            for path, content in files.items():
                add(path, content)
            if time.monotonic() - start > options.minutes * 60:
                break
        pool.terminate()
        text = json.dumps(rows)
        add("renders.json", text.encode())
    options.out.with_suffix(".json").write_text(text)
    print(f"{len(rows)} pictures, {len(rows) / (time.monotonic() - start):.1f} a second")


if __name__ == "__main__":
    main()
