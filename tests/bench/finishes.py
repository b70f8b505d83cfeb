"""Pictures of every finish, through the real renderer in headless Chromium.

python -m tests.bench.finishes --sheet docs/finishes.jpg   the contact sheet of the documentation
python -m tests.bench.finishes --goldens                   writes the golden pictures anew: look at them
python -m tests.bench.finishes --site DIR                  a page for a machine with a GPU: times and pictures, as JSON
python -m tests.bench.finishes --check RESULT.json         tells its times, compares its pictures with the goldens
"""

import argparse
import base64
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from models.evaluation.chromium import open_chromium
from tests.bench.finish_scene import FINISHES, GOLDEN_CROP, GOLDEN_SIZE, GOLDENS, LOOKS, SHAPES, crop
from tests.conftest import ROOT
from tests.sdk.conftest import bundle_with_esbuild
from tests.sdk.gt_nails import data_url
from tests.sdk.pictures import compare

FOLDER = ROOT / "tests" / "data" / "finishes"
TILE = 200
# Two hands of the samples: photo, which nail is in the middle, frame pixels per pixel of the sheet.
HANDS = [("kg_cc25f453-04ca", 0, 0.55), ("kg_d97db2d2-18ff", 0, 0.6)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.bench.finishes", description=__doc__.split("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--sheet", type=Path, metavar="FILE.jpg")
    what.add_argument("--goldens", action="store_true")
    what.add_argument("--site", type=Path, metavar="DIR")
    what.add_argument("--check", type=Path, metavar="RESULT.json")
    options = parser.parse_args(arguments)
    if options.site:
        write_site(options.site)
    elif options.check:
        return check(json.loads(options.check.read_text()))
    else:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, open_chromium(playwright) as c:
            page = c.context.new_page()
            script = bundle_with_esbuild(
                ROOT, ROOT / "tests/sdk/pages/renderer.ts", Path(folder) / "page.js", "--format=iife"
            )
            page.add_script_tag(path=script)
            if options.goldens:
                write_goldens(page)
            else:
                contact_sheet(page).save(options.sheet, quality=82, optimize=True)
    return 0


def painted(
    page: Page, photo: Image.Image, nails: list[dict[str, Any]], look: dict[str, Any], webgl: bool = True
) -> Image.Image:
    url = page.evaluate("(a) => paint(...a)", [data_url(photo), nails, look, webgl])
    return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")


def contact_sheet(page: Page) -> Image.Image:
    """Bare and thirteen finishes in two rows, then six shapes, for each hand."""
    columns = 7
    names = ["bare", *FINISHES, "", *SHAPES]
    rows = -(-len(names) // columns)
    sheet = Image.new("RGB", (columns * TILE, rows * len(HANDS) * (TILE + 16)), "white")
    pen = ImageDraw.Draw(sheet)
    for hand, (name, number, scale) in enumerate(HANDS):
        close, far = crop(name, number, scale, TILE), crop(name, number, scale * 1.7, TILE)
        for index, look in enumerate(names):
            x, y = index % columns * TILE, (hand * rows + index // columns) * (TILE + 16)
            photo, nails = far if look in SHAPES or not look else close
            sheet.paste(painted(page, photo, nails, LOOKS[look]) if look in LOOKS else photo, (x, y))
            pen.text((x + 4, y + TILE + 2), look, "black")
    return sheet


def write_goldens(page: Page) -> None:
    """With WebGL, and below `canvas` without: the edges differ, and flakes by a hair."""
    photo, nails = crop(*GOLDEN_CROP, GOLDEN_SIZE)
    for folder, webgl in ((FOLDER, True), (FOLDER / "canvas", False)):
        folder.mkdir(exist_ok=True)
        for name in GOLDENS:
            painted(page, photo, nails, LOOKS[name], webgl).save(folder / f"{name}.webp", quality=90, method=6)


def write_site(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    bundle_with_esbuild(ROOT, ROOT / "tests/bench/finishes_gpu.ts", folder / "page.js", "--format=iife", "--minify")
    photo, nails = crop(*GOLDEN_CROP, GOLDEN_SIZE)
    scene = {"photo": data_url(photo), "nails": nails, "looks": {name: LOOKS[name] for name in GOLDENS}}
    (folder / "scene.json").write_text(json.dumps(scene))
    (folder / "index.html").write_text("<!doctype html><meta charset=utf-8><script src=page.js></script>")
    print(f"{folder}: serve it and wait for window.__result")


def check(result: dict[str, Any]) -> int:
    """0 when every picture is like its golden and every finish is within 2 ms."""
    print(result["renderer"])
    for name, times in result["times"].items():
        timed = ", ".join(f"{key} {value:.3f} ms" if value is not None else f"{key} -" for key, value in times.items())
        print(f"{name}: {timed}")
    wrong = []
    for name, url in result["pictures"].items():
        now = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))
        wrong += compare(now, FOLDER / f"{name}.webp", Path(tempfile.gettempdir()))
    print("\n".join(wrong) or f"{len(result['pictures'])} pictures are like their goldens")
    slow = [name for name, times in result["times"].items() if max(v for v in times.values() if v is not None) > 2]
    print(f"over 2 ms: {', '.join(slow)}" if slow else "every finish within 2 ms")
    return 1 if wrong or slow else 0


if __name__ == "__main__":
    sys.exit(main())
