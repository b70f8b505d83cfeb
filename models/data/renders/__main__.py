"""python -m models.data.renders --count N --seed S --size 432 --out DIR: images/, masks/, depth/ and labels.json."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from PIL import Image

from models.data.renders.mesh import load_hand
from models.data.renders.scene import render


def main(arguments: list[str] | None = None) -> None:
    """Writes `count` pictures; picture k of seed S is the same whatever `count` is."""
    parser = argparse.ArgumentParser(prog="python -m models.data.renders", description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=432, help="side of the square pictures in pixels")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--depth", action="store_true", help="also depth/ID.png, 16 bit, tenths of a millimetre, 0 = background"
    )
    options = parser.parse_args(arguments)
    if options.count < 1 or options.size < 64 or options.seed < 0:
        parser.error("--count must be at least 1, --size at least 64 and --seed not negative")
    hand = load_hand()
    for folder in ("images", "masks", *(["depth"] if options.depth else [])):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    rows = []
    start = time.perf_counter()
    for index in range(options.count):
        picture = render(hand, (options.seed, index), options.size)
        name = f"render_{options.seed}_{index:06d}"
        Image.fromarray(picture.rgb).save(options.out / "images" / f"{name}.png")
        Image.fromarray(picture.mask).save(options.out / "masks" / f"{name}.png")
        if options.depth:
            tenths = np.where(np.isfinite(picture.depth), picture.depth * 1000, 0).clip(0, 65535).astype(np.uint16)
            Image.fromarray(tenths).save(options.out / "depth" / f"{name}.png")
        size = {"width": options.size, "height": options.size, "focal": picture.focal}
        rows.append(
            {"id": name, "split": "renders", **size, "hand": picture.hand, "ita": picture.ita, "nails": picture.nails}
        )
    (options.out / "labels.json").write_text(json.dumps(rows))
    print(f"{options.count} pictures, {options.count / (time.perf_counter() - start):.1f} a second")


if __name__ == "__main__":
    main()
