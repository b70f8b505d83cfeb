"""Scores `hand_detector` on labelled hands: `python -m models.evaluation.hands --data DIR --meta FILE`.

DIR holds images/ID.jpg, FILE is the data set's meta.json with boxes_xyxy; every photo of DIR that FILE names counts.
With --palms PYTHON (an interpreter that has mediapipe==0.10.14) MediaPipe's palm detector looks at the same photos.

A hand is found by a box of IoU 0.5, as in AP50. A palm is no hand: MediaPipe is counted leniently instead, a labelled
hand being found when the centre of a palm lies inside its box; each palm finds one hand at most. Both tell at most two
hands a photo, each at its own default score (ours: `score_threshold`, MediaPipe: 0.5).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from models.evaluation.average_precision import average_precision, hits
from models.evaluation.core import Core
from models.evaluation.hand_boxes import Hands, decode_hands
from models.evaluation.photos import load_rgb
from models.networks import ExportWrapper, load
from models.spec import HAND_DETECTOR

SIZE = int(HAND_DETECTOR.constants["size"])
THRESHOLD = HAND_DETECTOR.constants["score_threshold"]
COARSEST = 32  # pixels of the network's coarsest cells: an input's sides are a multiple
RANKED = 0.01  # least score of a box that takes part in the ranking of AP


class HandDetector:
    """Checkpoint in, hands of a photo out."""

    def __init__(self, checkpoint: Path, tight: bool = False) -> None:
        """tight: inputs have no more than they need of the square, as a video's frames on WASM."""
        self.tight = tight
        self.network = ExportWrapper(load(HAND_DETECTOR.name, checkpoint)).eval()
        self.core = Core()

    def detect(self, photo: Path, threshold: float = THRESHOLD) -> Hands:
        """At most two hands in pixels of the upright photo, the best first."""
        image = load_rgb(photo)
        size = tight_size(*image.size) if self.tight else (SIZE, SIZE)
        affine = self.core.fit_rect((0, 0, *image.size), *size)
        inputs = self.core.sample(np.asarray(image.convert("RGBA")), [affine], size, HAND_DETECTOR.name)
        with torch.inference_mode():
            scores, boxes = (x.numpy()[0] for x in self.network(torch.from_numpy(inputs)))
        found = decode_hands(scores, boxes, threshold)
        sides = found.boxes * affine[0] + affine[[2, 5, 2, 5]]
        return Hands(sides.clip(0, [*image.size, *image.size]), found.scores)


def tight_size(width: int, height: int) -> tuple[int, int]:
    """The twin of tightSize in sdk_src/src/pipeline/hand_finder.ts."""
    wide, high = (-(-side * SIZE // (max(width, height) * COARSEST)) * COARSEST for side in (width, height))
    return wide, high


def palms(python: Path, photos: Sequence[Path]) -> dict[str, np.ndarray]:
    """MediaPipe's palms by photo, [N, 5] x0, y0, x1, y1, score. Raises RuntimeError where it does not run."""
    script = Path(__file__).with_name("palm_detector.py")
    command = [str(python), str(script), *map(str, photos)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the palm detector failed: {done.stderr.strip().splitlines()[-1]}")
    return {name: np.array(found).reshape(-1, 5) for name, found in json.loads(done.stdout).items()}


def found_by_centre(boxes: np.ndarray, truth: np.ndarray) -> int:
    """How many true boxes hold the centre of a box [N, 4+]; each box is spent on the first one that it finds."""
    free = np.ones(len(truth), bool)
    for box in boxes:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        inside = (truth[:, 0] <= x) & (x <= truth[:, 2]) & (truth[:, 1] <= y) & (y <= truth[:, 3]) & free
        if inside.any():
            free[int(inside.argmax())] = False
    return int((~free).sum())


def score(found: Sequence[Hands], truth: Sequence[np.ndarray]) -> dict[str, float]:
    """AP50 over the ranking, recall and precision at the threshold."""
    sure = [Hands(f.boxes[f.scores >= THRESHOLD], f.scores[f.scores >= THRESHOLD]) for f in found]
    right = sum(int(hits(s.boxes, s.scores, t).sum()) for s, t in zip(sure, truth, strict=True))
    total, told = sum(len(t) for t in truth), sum(len(s.boxes) for s in sure)
    return {
        "AP50": average_precision([f.boxes for f in found], [f.scores for f in found], truth),
        "recall": right / max(1, total),
        "precision": right / max(1, told),
        "recall by centre": sum(found_by_centre(s.boxes, t) for s, t in zip(sure, truth, strict=True)) / max(1, total),
    }


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluation.hands", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, help="folder with images/")
    parser.add_argument("--meta", type=Path, required=True, help="meta.json with boxes_xyxy")
    parser.add_argument("--checkpoint", type=Path, default=Path("models/checkpoints/hand_detector.safetensors"))
    parser.add_argument("--tight", action="store_true", help="inputs as of a video's frames on WASM, not square")
    parser.add_argument("--palms", type=Path, metavar="PYTHON", help="compare with mediapipe==0.10.14")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args(arguments)
    rows: dict[str, Any] = {row["id"]: row for row in json.loads(options.meta.read_text())}
    photos = sorted(path for path in (options.data / "images").glob("*") if path.stem in rows)
    if not photos:
        print(f"models.evaluation.hands: no photo of {options.meta} in {options.data}/images", file=sys.stderr)
        return 1
    truth = [np.array(rows[path.stem]["boxes_xyxy"], float).reshape(-1, 4) for path in photos]
    detector = HandDetector(options.checkpoint, options.tight)
    console = Console(stderr=True)
    found = [detector.detect(path, RANKED) for path in track(photos, "hands", console=console)]
    figures = {"photos": len(photos), "hands": sum(len(t) for t in truth), **score(found, truth)}
    if options.palms:
        theirs = palms(options.palms, photos)
        right = sum(found_by_centre(theirs[p.stem], t) for p, t in zip(photos, truth, strict=True))
        told = sum(len(boxes) for boxes in theirs.values())
        figures |= {
            "MediaPipe recall by centre": right / max(1, figures["hands"]),
            "MediaPipe precision by centre": right / max(1, told),
        }
    for name, value in figures.items():
        print(f"{name:30} {value:.4f}" if isinstance(value, float) else f"{name:30} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
