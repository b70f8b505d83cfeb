"""The options of `python -m models.evaluation`."""

import argparse
from pathlib import Path

from models.spec import VARIANTS


def parser(description: str | None) -> argparse.ArgumentParser:
    """All of them, with help."""
    made = argparse.ArgumentParser("python -m models.evaluation", description=description)
    made.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds images/ and masks/")
    made.add_argument("--engine", choices=("cascade", "rtdetr", "rtdetr-full"), required=True)
    made.add_argument(
        "--variant",
        choices=tuple(VARIANTS),
        default="standard",
        help="the cascade's second pass; r6d tells rotations too",
    )
    made.add_argument("--via", choices=("torch", "dist"), required=True)
    made.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR", help="the built SDK (via dist)")
    made.add_argument("--backend", choices=("auto", "webgl", "wasm"), default="wasm", help="via dist")
    made.add_argument("--precision", choices=("float16", "uint8"), default="float16", help="via dist")
    made.add_argument(
        "--checkpoints",
        type=Path,
        default=Path("models/checkpoints"),
        metavar="DIR",
        help="NAME.safetensors (via torch)",
    )
    more = made.add_argument_group("more figures")
    more.add_argument(
        "--meta",
        type=Path,
        metavar="FILE",
        help="the data set's meta.json: fingers, directions, hands from its pseudo-labels; its source, where masks lie",
    )
    more.add_argument("--negatives", type=Path, metavar="DIR", help="hand-free photos: counts the false nails in them")
    more.add_argument(
        "--degradations",
        action="store_true",
        help="scores the photos again in low light, blurred, noisy, as JPEG 30, at half resolution, with a colour cast",
    )
    more.add_argument(
        "--renders",
        type=Path,
        metavar="FILE.tar",
        help="held-out renders (an even --seed of models.data.renders), FILE.json beside: figures against exact truth",
    )
    more.add_argument(
        "--beside", type=Path, metavar="FILE", help="another run's --json: its summary is shown beside this one's"
    )
    output = made.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="DIR", help="writes the predicted instance masks here as PNGs")
    output.add_argument("--json", type=Path, metavar="FILE", help="writes the figures here")
    output.add_argument("--report", type=Path, metavar="FILE.html", help="writes a page of figures, plots, worst cases")
    return made
