"""How well paint keeps to the nail, on renders with exact masks: python -m tests.bench.edges [--count 12].

The renderer is given the true mask at 64x64, then the same blurred, then also shifted, as a network's is.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright
from scipy import ndimage

from models.data.renders.mesh import load_hand
from models.data.renders.scene import render
from models.evaluation.chromium import open_chromium
from tests.bench.finishes import painted
from tests.conftest import ROOT
from tests.sdk.conftest import bundle_with_esbuild
from tests.sdk.gt_nails import MASK_SIZE, nails_from_labels

SEED, SIZE, LEAST_WIDTH = 777, 512, 16
VISIBLE_LEVELS = 24
# Name, blur and deviation of the shift along each axis, in mask pixels.
MASKS = [("true mask", 0.0, 0.0), ("blurred", 1.5, 0.0), ("blurred and shifted", 1.5, 1.0)]
LOOK = {"polish": {"color": "#00ff00", "finish": "matte"}}


def scene(index: int) -> tuple[Image.Image, np.ndarray, list[dict[str, Any]]]:
    """A render, where its large nails are, and those nails."""
    picture = render(load_hand(), (SEED, index), SIZE)
    nails = [nail for nail in nails_from_labels(picture.mask) if min(nail["size"].values()) >= LEAST_WIDTH]
    return Image.fromarray(picture.rgb), np.isin(picture.mask, [nail["id"] for nail in nails]), nails


def spoiled(nail: dict[str, Any], blur: float, shift: float, random: np.random.Generator) -> dict[str, Any]:
    mask = np.reshape(nail["mask"]["data"], (MASK_SIZE, MASK_SIZE)).astype(float)
    mask = ndimage.shift(ndimage.gaussian_filter(mask, blur), random.normal(0, shift, 2), order=1)
    return {**nail, "mask": {**nail["mask"], "data": mask.clip(0, 255).round().astype(int).ravel().tolist()}}


def measure(photo: Image.Image, truth: np.ndarray, after: np.ndarray) -> dict[str, float]:
    """outside, bare: shares of the nails' area; farthest: pixels from the nails."""
    paint = np.abs(after.astype(int) - np.asarray(photo)).max(2) > VISIBLE_LEVELS
    outside = paint & ~truth
    away = ndimage.distance_transform_edt(~truth)
    inner = ndimage.distance_transform_edt(truth) > 1
    return {
        "outside": outside.sum() / truth.sum(),
        "farthest": float(away[outside].max(initial=0)),
        "bare": (inner & ~paint).sum() / truth.sum(),
        "iou": (paint & truth).sum() / (paint | truth).sum(),
    }


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.edges", description=__doc__)
    parser.add_argument("--count", type=int, default=12)
    scenes = [scene(index) for index in range(parser.parse_args().count)]
    random = np.random.default_rng(0)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        open_chromium(playwright) as chromium,
    ):
        page = chromium.context.new_page()
        script = bundle_with_esbuild(ROOT, ROOT / "tests/sdk/pages/renderer.ts", Path(folder) / "p.js", "--format=iife")
        page.add_script_tag(path=script)
        for name, blur, shift in MASKS:
            rows = []
            for photo, truth, nails in scenes:
                if nails:
                    given = [spoiled(nail, blur, shift, random) for nail in nails]
                    rows.append(measure(photo, truth, np.asarray(painted(page, photo, given, LOOK))))
            mean = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
            farthest = max(row["farthest"] for row in rows)
            print(
                f"{name:20} {len(rows)} renders: outside {mean['outside']:.2%}, farthest {farthest:.1f} px, "
                f"bare inside {mean['bare']:.2%}, IoU {mean['iou']:.4f}"
            )


if __name__ == "__main__":
    main()
