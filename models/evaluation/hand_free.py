"""Hand-free pictures from photos of hands: `python -m models.evaluation.hand_free --data DIR --meta FILE --out OUT`.

The largest strip beside all boxes (left, right, above or below) of each photo of DIR/images, if it is wide enough:
walls, tables, clothes, arms, as OUT/images with empty OUT/masks: to count false nails on, or to train on. FILE is
a meta.json with boxes_xyxy. Look at the result: it may show an unlabelled hand.
"""

import argparse
import json
import sys
from pathlib import Path

from PIL import Image

LEAST_SIDE = 96  # px
MARGIN = 8  # px beside the boxes: labels are loose


def strip(size: tuple[int, int], boxes: list[list[float]]) -> tuple[int, int, int, int] | None:
    """The largest of the four rectangles x0, y0, x1, y1 beside all boxes, None where its sides are under LEAST_SIDE."""
    width, height = size
    x0, y0 = (int(min(box[k] for box in boxes)) - MARGIN for k in (0, 1))
    x1, y1 = (int(max(box[k] for box in boxes)) + MARGIN for k in (2, 3))
    strips = [(0, 0, x0, height), (x1, 0, width, height), (0, 0, width, y0), (0, y1, width, height)]
    wide = [s for s in strips if min(s[2] - s[0], s[3] - s[1]) >= LEAST_SIDE]
    return max(wide, key=lambda s: (s[2] - s[0]) * (s[3] - s[1]), default=None)


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.hand_free", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--meta", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    rows = {row["id"]: row for row in json.loads(options.meta.read_text())}
    images, masks = options.out / "images", options.out / "masks"
    for folder in (images, masks):
        folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for path in sorted((options.data / "images").glob("*")):
        with Image.open(path) as photo:
            rectangle = strip(photo.size, rows[path.stem]["boxes_xyxy"]) if path.stem in rows else None
            if rectangle:
                cut = photo.convert("RGB").crop(rectangle)
                cut.save(images / f"{path.stem}.png")
                Image.new("L", cut.size).save(masks / f"{path.stem}.png")
                count += 1
    print(f"{count} pictures in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
