"""Scores a folder of images/*.jpg and masks/*.png (instance-labelled: 0 background, k the k-th nail, 255 ignored).

`--via torch` runs the PyTorch networks with the native core, `--via dist` the built SDK in headless Chromium. Figures
are taken with photo and mask scaled to 432 px on the longest side where they are larger.
"""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import track

from models.evaluation.engines import Closeable, open_engine
from models.evaluation.metrics import summarise
from models.evaluation.photos import DataError, read_folder
from models.evaluation.report import record, table
from models.evaluation.run import run, write_masks


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True)
    try:
        photos = read_folder(options.data)
        keep = write_masks(options.out) if options.out else None
        engine: Closeable = open_engine(options.via, options)
    except (DataError, OSError, ValueError, RuntimeError) as error:
        console.print(f"models.evaluation: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    results = []
    with closing(engine):
        for result in track(run(engine, photos), "scoring", len(photos), console=console):
            results.append(result)
            if keep:
                keep(result)
        ran = {"engine": options.engine, "via": options.via, "data": str(options.data), **engine.describe()}
    summary = summarise([result.score for result in results])
    Console().print(table(f"{options.engine} via {options.via}, {options.data}", summary))
    if options.json:
        command = ["python", "-m", "models.evaluation", *(sys.argv[1:] if arguments is None else arguments)]
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(record(command, ran, summary, results), indent=1) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m models.evaluation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="holds images/ and masks/")
    parser.add_argument("--engine", choices=("cascade",), required=True)
    parser.add_argument("--via", choices=("torch", "dist"), required=True)
    parser.add_argument("--out", type=Path, metavar="DIR", help="writes the predicted instance masks here as PNGs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the figures here")
    parser.add_argument("--dist", type=Path, default=Path("dist"), metavar="DIR", help="the built SDK (via dist)")
    parser.add_argument("--backend", choices=("auto", "webgl", "wasm"), default="wasm", help="via dist")
    parser.add_argument("--precision", choices=("float16", "uint8"), default="float16", help="via dist")
    parser.add_argument(
        "--checkpoints",
        type=Path,
        default=Path("models/checkpoints"),
        metavar="DIR",
        help="NAME.safetensors (via torch)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
