"""The cascade through PyTorch and the native core: what the converted models are measured against."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from models.evaluation.core import Core
from models.evaluation.nail import Nail, scaled
from models.evaluation.photos import load_rgb
from models.networks import ExportWrapper, load
from models.spec import ENGINES, NAIL_HEATMAP, NAIL_PATCH

MAX_FRAME_SIDE = NAIL_HEATMAP.constants["max_frame_side"]


class TorchEngine:
    """Checkpoints in, nails out. Raises FileNotFoundError or ValueError for a checkpoint, CoreError for the core."""

    def __init__(self, checkpoints: Path) -> None:
        self.specs = ENGINES["cascade"]
        names = [spec.name for spec in self.specs]
        self.networks = {name: ExportWrapper(load(name, _checkpoint(checkpoints, name))).eval() for name in names}
        self.core = Core()

    def detect(self, photo: Path) -> list[Nail]:
        """The nails in pixels of the upright photo."""
        image = load_rgb(photo)
        scale = min(MAX_FRAME_SIDE / max(image.size), 1.0)
        if scale < 1:
            size = (round(image.width * scale), round(image.height * scale))
            image = image.resize(size, Image.Resampling.BICUBIC)
        nails = self._detect(np.asarray(image.convert("RGBA")))
        return nails if scale == 1 else [scaled(nail, 1 / scale) for nail in nails]

    def _detect(self, rgba: np.ndarray) -> list[Nail]:
        core, (height, width) = self.core, rgba.shape[:2]
        roi = core.first_pass_roi(width, height)
        size = core.segment_size(roi[2], roi[3], NAIL_HEATMAP.constants["still_tier"])
        affine = core.fit_rect(roi, *size)
        heatmap, geometry, _ = self._run(NAIL_HEATMAP.name, core.sample(rgba, [affine], size, NAIL_HEATMAP.name))
        core.decode_heatmap(heatmap[0], geometry[0], affine)
        plan = core.plan_patches()
        batch, side = int(NAIL_PATCH.constants["max_batch"]), int(NAIL_PATCH.constants["patch_size"])
        for start in range(0, len(plan), batch):
            patches = core.sample(rgba, plan[start : start + batch], (side, side), NAIL_PATCH.name)
            core.store_patches(start, *self._run(NAIL_PATCH.name, patches))
        return core.decode_patches()

    def _run(self, name: str, inputs: np.ndarray) -> list[np.ndarray]:
        with torch.inference_mode():
            return [output.numpy() for output in self.networks[name](torch.from_numpy(inputs))]

    def describe(self) -> dict[str, Any]:
        """What ran, for the record."""
        return {"models": {spec.name: spec.version for spec in self.specs}}

    def close(self) -> None:
        """Nothing to let go of."""


def _checkpoint(folder: Path, name: str) -> Path:
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"the checkpoint {path} is missing")
    return path
