"""Trains one network: `python -m models.training nail_heatmap --data DIR --out DIR`.

DIR holds the photo tars (or a folder each) named by --train and --val, and meta.json. How long and how fast is written
in `recipes.toml`. A run that is stopped goes on with --resume; --minutes bounds one run, --steps the whole training.
OUT gets NETWORK.safetensors (the averaged weights), NETWORK.state.pt (to resume from), NETWORK.curves.svg and
NETWORK.examples.jpg. Several GPUs: `torchrun --nproc-per-node=N -m models.training …`.
"""

import argparse
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import torch

from models.networks import build, load
from models.training import parallel
from models.training.recipe import recipes
from models.training.task import MODULES, task
from models.training.trainer import Trainer


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("network", choices=MODULES)
    parser.add_argument("--data", type=Path, required=True, help="folder with the photos and meta.json")
    parser.add_argument("--train", nargs="+", default=["train-1.tar", "train-2.tar"], help="tars or folders in --data")
    parser.add_argument("--val", nargs="+", default=["val.tar"])
    parser.add_argument("--unlabelled", nargs="+", default=[], help="photos of hands without masks: the teacher's word")
    parser.add_argument(
        "--renders", nargs="+", default=[], help="tars of renders with exact masks (models.data.renders)"
    )
    parser.add_argument("--renders-val", help="nail_patch_r6d: a tar of other renders, to score rotation on")
    parser.add_argument("--render-share", type=float, default=0.3, help="share of renders among what is drawn")
    parser.add_argument("--out", type=Path, required=True, help="where checkpoints go")
    parser.add_argument("--steps", type=int, help="steps of the whole training")
    parser.add_argument("--whole-minutes", type=float, help="length of the whole training in time instead of steps")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop this run after so many minutes")
    parser.add_argument("--spent", type=float, help="with --start: minutes of the whole training that are behind it")
    parser.add_argument("--resume", type=Path, help="a NETWORK.state.pt of an earlier run")
    parser.add_argument("--start", type=Path, help="a checkpoint of the same network to begin with")
    parser.add_argument("--teacher", type=Path, help="a checkpoint of NETWORK_teacher to learn from")
    parser.add_argument("--relabel", type=Path, help="nail_rtdetr: whose masks (nail_patch) replace the photos'")
    parser.add_argument("--no-denoising", action="store_true", help="nail_rtdetr: without denoising queries' losses")
    parser.add_argument("--heatmap", type=Path, help="nail_patch: a nail_heatmap checkpoint to mine false peaks with")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--eager", action="store_true", help="no CUDA graphs: slower, and every loss can be stepped into"
    )
    parser.add_argument("--limit", type=int, help="use only so many photos (smoke test)")
    parser.add_argument("--batch", type=int, help="smaller batches (smoke test)")
    return parser.parse_args(arguments)


def main() -> None:
    """Loads the photos, trains, writes checkpoints and pictures."""
    options = parse()
    options.device = parallel.start(options.device)
    torch.backends.cudnn.benchmark = True
    options.out.mkdir(parents=True, exist_ok=True)
    recipe = recipes()[options.network]
    if options.steps:
        recipe = replace(recipe, steps=options.steps)
    torch.manual_seed(recipe.seed)  # the same first weights on every GPU; the trainer parts their batches
    net = load(options.network, options.start) if options.start else build(options.network)
    out = options.out / options.network
    trainer = Trainer(net, recipe, task(options), options.device, out, options.whole_minutes, options.eager)
    if options.resume:
        trainer.resume(options.resume)
    if options.spent is not None:
        trainer.seconds = 60 * options.spent
    try:
        trainer.run(options.minutes)
    except RuntimeError:
        if trainer.eager or trainer.step:
            raise
        # A rented GPU must not stand idle because one operation of a new loss cannot be captured.
        traceback.print_exc()
        print("no CUDA graph could be captured; beginning again without", flush=True)
        os.execv(sys.executable, [sys.executable, "-m", "models.training", *sys.argv[1:], "--eager"])
    parallel.stop()


if __name__ == "__main__":
    main()
