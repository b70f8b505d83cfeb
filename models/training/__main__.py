"""Trains one network: `python -m models.training nail_heatmap --data DIR --out DIR`.

DIR holds the photo tars (or a folder each) named by --train and --val, and meta.json.
A run that is stopped goes on with --resume; --minutes bounds one run, --steps the whole training.
"""

import argparse
from functools import partial
from pathlib import Path

import torch

from models.data.photos import load_photos
from models.networks import build, load, save
from models.training import heatmap, patch, peaks
from models.training.trainer import Recipe, Trainer

RECIPES = {
    "nail_heatmap": Recipe(steps=40_000, learning_rate=2.5e-3),
    "nail_patch": Recipe(steps=50_000, learning_rate=3e-3),
}


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("network", choices=RECIPES)
    parser.add_argument("--data", type=Path, required=True, help="folder with the photos and meta.json")
    parser.add_argument("--train", nargs="+", default=["train-1.tar", "train-2.tar"], help="tars or folders in --data")
    parser.add_argument("--val", nargs="+", default=["val.tar"])
    parser.add_argument("--out", type=Path, required=True, help="where checkpoints go")
    parser.add_argument("--steps", type=int, help="steps of the whole training")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop this run after so many minutes")
    parser.add_argument("--resume", type=Path, help="a NETWORK.state.pt of an earlier run")
    parser.add_argument(
        "--heatmap", type=Path, help="nail_patch only: a nail_heatmap checkpoint to mine false peaks with"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--limit", type=int, help="use only so many photos (smoke test)")
    parser.add_argument("--batch", type=int, help="smaller batches (smoke test)")
    return parser.parse_args()


def main() -> None:
    """Loads the photos, trains, writes checkpoints."""
    options = parse()
    torch.backends.cudnn.benchmark = True
    options.out.mkdir(parents=True, exist_ok=True)
    meta = options.data / "meta.json"
    photos = load_photos([options.data / name for name in options.train], meta, options.limit).to(options.device)
    val = load_photos([options.data / name for name in options.val], meta, options.limit).to(options.device)
    print(f"{len(photos)} training photos, {int(photos.present.sum())} nails; {len(val)} to validate", flush=True)

    recipe = RECIPES[options.network]
    if options.steps:
        recipe = Recipe(**{**vars(recipe), "steps": options.steps})
    net = build(options.network)
    if options.network == "nail_heatmap":
        crops = [heatmap.Crop(**{**vars(v), "batch": options.batch or v.batch}) for v in heatmap.CROPS]
        losses = [partial(heatmap.loss, photos=photos, crop=crop) for crop in crops]
        shares = [0.4, 0.35, 0.25]
    else:
        hard = peaks.false_peaks(load("nail_heatmap", options.heatmap), photos) if options.heatmap else None
        print(f"mined {len(hard) if hard is not None else 0} false peaks", flush=True)
        table = patch.instances(photos)
        count = options.batch or patch.BATCH
        losses = [partial(patch.loss, photos=photos, table=table, hard=hard, count=count)]
        shares = [1.0]

    trainer = Trainer(net, recipe, losses, shares, options.device)
    if options.resume:
        trainer.resume(options.resume)

    def keep(trainer: Trainer) -> None:
        averaged = trainer.averaged()
        save(averaged, options.out / f"{options.network}.safetensors")
        trainer.save(options.out / f"{options.network}.state.pt")
        if options.network == "nail_heatmap":
            for threshold in (0.2, 0.3, 0.4):
                recall, precision = peaks.recall_precision(averaged, val, threshold)
                print(
                    f"step {trainer.step} val peaks at {threshold}: recall {recall:.4f} precision {precision:.4f}",
                    flush=True,
                )
        else:
            iou = patch.validate(averaged, val)
            print(f"step {trainer.step} val masks, true boxes: IoU {iou:.4f}", flush=True)

    trainer.run(options.minutes, keep)


if __name__ == "__main__":
    main()
