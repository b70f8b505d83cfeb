"""The engines through PyTorch and the native core: what the converted models are measured against."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from PIL import Image

from models.evaluation.core import Candidate, Core, Region
from models.evaluation.nail import Nail, scaled
from models.evaluation.photos import load_rgb
from models.networks import ExportWrapper, load
from models.spec import ENGINES, HAND_DETECTOR, NAIL_HEATMAP, NAIL_PATCH, NAIL_RTDETR_FULL, VARIANTS, ModelSpec

MAX_FRAME_SIDE = NAIL_HEATMAP.constants["max_frame_side"]


class TorchEngine:
    """The cascade: checkpoints in, nails out.

    Raises FileNotFoundError or ValueError for a checkpoint, CoreError for the core.
    """

    def __init__(
        self, checkpoints: Path, engine: str = "cascade", variant: str = "standard", device: str = "cpu"
    ) -> None:
        """variant: the cascade's second pass; device: where PyTorch computes."""
        self.device = device
        self.patch = VARIANTS[variant]
        self.specs = tuple(self.patch if spec is NAIL_PATCH else spec for spec in ENGINES[engine])
        self.networks = {spec.name: _network(checkpoints, spec).to(device) for spec in self.specs}
        self.core = Core()

    def detect(self, photo: Path | BinaryIO) -> list[Nail]:
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
        constants = NAIL_HEATMAP.constants
        hands = self.hands(rgba)
        core.set_regions(hands)
        if not hands:
            return []
        # Pass 1 again on each hand and around all nails, where that is well under the photo: nails are larger there.
        most = constants["look_share"] * width * height
        looks = [(0.0, 0.0, width, height), *(hand for hand in hands if hand[2] * hand[3] < most)]
        for look, region in enumerate(looks):
            self._both_ways(rgba, region, look)
        nails = self._second_pass(rgba, core.plan_patches())
        region = core.second_look_roi(width, height, nails)
        if region[2] * region[3] < most:
            self._both_ways(rgba, region, len(looks))
        # Pass 2 sees each candidate from several views, then each nail that was found once more, centred better.
        views = int(NAIL_PATCH.constants["still_views"])
        self._second_pass(rgba, core.plan_patches(views), views)
        return self._second_pass(rgba, core.plan_patches_again(views), views)

    def hands(self, rgba: np.ndarray) -> list[Region]:
        """The padded regions of the hands in a frame, the best first."""
        core, (height, width) = self.core, rgba.shape[:2]
        size = (int(HAND_DETECTOR.constants["size"]),) * 2
        affine = core.fit_rect((0, 0, width, height), *size)
        scores, boxes = self._run(HAND_DETECTOR.name, core.sample(rgba, [affine], size, HAND_DETECTOR.name))
        found = core.decode_hands(scores[0], boxes[0], affine, width, height)
        return [core.hand_roi(width, height, hand) for hand in found]

    def _both_ways(self, rgba: np.ndarray, region: Region, look: int) -> None:
        """Pass 1 on a photo's region and on its mirror image; the candidates of both count."""
        for mirrored in (False, True):
            self._first_pass(rgba, region, NAIL_HEATMAP.constants["still_tier"], 2 * look + mirrored, mirrored)

    def _first_pass(
        self, rgba: np.ndarray, region: Region, tier: float, look: int = 0, mirrored: bool = False
    ) -> list[Candidate]:
        """Pass 1 on a region; the candidates of all looks so far."""
        core = self.core
        size = core.segment_size(region[2], region[3], tier)
        affine = core.fit_rect(region, *size, mirrored)
        heatmap, geometry, _ = self._run(NAIL_HEATMAP.name, core.sample(rgba, [affine], size, NAIL_HEATMAP.name))
        return core.decode_heatmap(heatmap[0], geometry[0], affine, look)

    def _second_pass(self, rgba: np.ndarray, plan: np.ndarray, views: int = 1) -> list[Nail]:
        core, side = self.core, int(NAIL_PATCH.constants["patch_size"])
        batch = int(NAIL_PATCH.constants["max_batch"]) // views * views
        for start in range(0, len(plan), batch):
            patches = core.sample(rgba, plan[start : start + batch], (side, side), NAIL_PATCH.name)
            core.store_patches(start, *self._run(self.patch.name, patches))
        return core.decode_patches()

    def _run(self, name: str, inputs: np.ndarray) -> list[np.ndarray]:
        with torch.inference_mode():
            outputs = self.networks[name](torch.from_numpy(inputs).to(self.device))
            return [output.cpu().numpy() for output in outputs]

    def describe(self) -> dict[str, Any]:
        """What ran, for the record."""
        return {"models": {spec.name: spec.version for spec in self.specs}}

    def close(self) -> None:
        """Nothing to let go of."""


class RtdetrEngine(TorchEngine):
    """RT-DETR. "rtdetr-full" looks at the whole frame once; "rtdetr" at each hand, then closer, where its nails are.

    What it finds is outlined anew by the cascade's second pass.
    """

    def __init__(self, checkpoints: Path, engine: str, device: str = "cpu") -> None:
        super().__init__(checkpoints, engine, device=device)
        self.nails = self.specs[-2]

    def _detect(self, rgba: np.ndarray) -> list[Nail]:
        if not self.find(rgba):
            return []
        views = int(NAIL_PATCH.constants["still_views"])
        return self._second_pass(rgba, self.core.plan_patches_again(views), views)

    def find(self, rgba: np.ndarray) -> list[Nail]:
        """What pass 2 is to look at, with RT-DETR's own masks and confidences."""
        core, (height, width) = self.core, rgba.shape[:2]
        whole = (0.0, 0.0, float(width), float(height))
        if self.nails is NAIL_RTDETR_FULL:
            return self._look(rgba, [whole])
        hands = self.hands(rgba)
        core.set_regions(hands)
        nails = self._look(rgba, hands or [whole])
        seen = sorted({nail["hand"] for nail in nails})
        nearer = [core.first_pass_roi(width, height, nails, hand) for hand in seen]
        return self._look(rgba, nearer) if nearer else nails

    def _look(self, rgba: np.ndarray, regions: list[Region]) -> list[Nail]:
        """The nails of some regions."""
        size, least = int(self.nails.constants["size"]), self.nails.constants["still_threshold"]
        for look, region in enumerate(regions):
            affine = self.core.fit_rect(region, size, size)
            # Its normalisation is nail_heatmap's; a test holds the two equal.
            outputs = self._run(self.nails.name, self.core.sample(rgba, [affine], (size, size), NAIL_HEATMAP.name))
            self.core.store_queries([values[0] for values in outputs[:5]], affine, look, least)
        return self.core.decode_patches()


def _network(folder: Path, spec: ModelSpec) -> ExportWrapper:
    name = spec.network or spec.name
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise FileNotFoundError(f"the checkpoint {path} is missing")
    return ExportWrapper(load(name, path)).eval()
