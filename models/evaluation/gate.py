"""The mIoU gate: dist's float16 and uint8 models, in Chromium, against PyTorch on the sample photos (DESIGN §3)."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from models.evaluation.engine_dist import DistEngine
from models.evaluation.engines import open_engine
from models.evaluation.metrics import Summary, summarise
from models.evaluation.photos import Photo, pair
from models.evaluation.run import Engine, run
from models.spec import ENGINES, VARIANTS

# Points (hundredths) of mean image-level nail IoU and of mean matched-instance IoU that dist may differ from PyTorch.
BOUNDS = {"float16": 0.3, "uint8": 1.0}
FIGURES = ("image_iou", "matched_iou")


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 with the figures where a bound is passed."""
    options = _parser().parse_args(arguments)
    try:
        return _gate(options)
    except (OSError, ValueError, RuntimeError) as error:
        print(f"mIoU gate: {error}", file=sys.stderr)
        return 1


def _gate(options: argparse.Namespace) -> int:
    photos = pair(options.photos, options.masks)
    with closing(open_engine("torch", options)) as engine:
        reference = _score(engine, photos)
    if not reference.image_iou > 0:
        raise ValueError(
            "PyTorch finds no nail in the photos: are the checkpoints trained? There is nothing to compare"
        )
    figures = {"torch": reference.as_dict()}
    failures = []
    for precision, bound in BOUNDS.items():
        built = DistEngine(options.dist, engine=options.engine, variant=options.variant, precision=precision)
        with closing(built) as engine:
            summary = _score(engine, photos)
        figures[precision] = summary.as_dict()
        failures += [f"{precision}: {text}" for text in compare(reference, summary, bound)]
    _tell(options.engine, figures, len(photos))
    for failure in failures:
        print(f"mIoU gate failed: {failure}", file=sys.stderr)
    if options.json and not failures:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"bounds_points": BOUNDS, **figures}, indent=1) + "\n")
    return 1 if failures else 0


def compare(reference: Summary, summary: Summary, bound: float) -> list[str]:
    """One sentence for each figure further from the reference than bound points; a missing one is far."""
    failures = []
    for name in FIGURES:
        expected, found = getattr(reference, name), getattr(summary, name)
        points = 100 * abs(expected - found)
        if not points <= bound:  # nan, a figure that one side has not, is no pass
            failures.append(
                f"{name} is {found:.4f}, PyTorch has {expected:.4f}: {points:.2f} points apart, bound {bound} points"
            )
    return failures


def _score(engine: Engine, photos: Sequence[Photo]) -> Summary:
    return summarise([result.score for result in run(engine, photos)])


def _tell(engine: str, figures: dict[str, dict[str, float | int | None]], photos: int) -> None:
    for way, values in figures.items():
        parts = [f"{name} {values[name]:.4f}" if values[name] is not None else f"{name} –" for name in FIGURES]
        print(f"mIoU gate, {engine}, {photos} photos, {way:8}: {', '.join(parts)}, {values['predictions']} nails found")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m models.evaluation.gate", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument("--photos", type=Path, default=Path("sdk_src/app/samples"), metavar="DIR")
    parser.add_argument("--masks", type=Path, default=Path("tests/data/samples/masks"), metavar="DIR")
    parser.add_argument("--checkpoints", type=Path, default=Path("models/checkpoints"), metavar="DIR")
    parser.add_argument("--engine", choices=tuple(ENGINES), default="cascade")
    parser.add_argument("--variant", choices=tuple(VARIANTS), default="standard", help="the cascade's second pass")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the figures here when the gate is passed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
