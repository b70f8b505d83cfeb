"""The native build of the C++ core, so that PyTorch is scored through the same decoding as the page.

Conventions (coordinates, affines, tensor layouts) are those of `sdk_src/core/include/lunula_core.h`.
"""

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, c_float, c_int32, c_uint8
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.evaluation.core_library import LIBRARY, CandidateStruct, CoreError, HandStruct, NailStruct, open_library
from models.evaluation.nail import Nail
from models.spec import FINGERS, HAND_DETECTOR, NAIL_HEATMAP, NAIL_PATCH, NAIL_PATCH_R6D, NAIL_RTDETR, PATCH_SIZE

# The `model` argument of lunula_sample.
_MODEL_INDEX = {NAIL_HEATMAP.name: 0, NAIL_PATCH.name: 1, NAIL_PATCH_R6D.name: 1, HAND_DETECTOR.name: 2}
_GEOMETRY_CHANNELS = NAIL_HEATMAP.outputs[1].shape[3]
_KEYPOINT_SHAPE = NAIL_PATCH.outputs[0].shape[1:]
_ARENA_ALIGNMENT = 16
_STATUS = {-1: "a bad argument", -2: "too small an arena"}
_MAX_HANDS = int(HAND_DETECTOR.constants["max_hands"])
SCORE_THRESHOLD = NAIL_RTDETR.constants["score_threshold"]

Floats = npt.NDArray[np.float32]
# x, y, width, height in frame pixels.
Region = tuple[float, float, float, float]


@dataclass(frozen=True)
class Candidate:
    """A peak of pass 1, in frame pixels. axis: radians, modulo pi; hand: which of the regions."""

    finger: str
    score: float
    center: tuple[float, float]
    length: float
    width: float
    axis: float
    hand: int = 0


@dataclass(frozen=True)
class Hand:
    """A detected hand: its box in frame pixels, score 0..1."""

    score: float
    left: float
    top: float
    right: float
    bottom: float


class Core:
    """One session of the core. Not for several threads at once.

    Call in the order of the data: `fit_rect`, `sample`, `decode_hands`, `hand_roi` or `first_pass_roi`, `set_regions`;
    per region `segment_size`, `fit_rect`, `sample`, `decode_heatmap`; `plan_patches`, per batch `sample` and
    `store_patches`, then `decode_patches`.
    """

    def __init__(self, library: Path = LIBRARY) -> None:
        self._library = open_library(library)
        size = self._library.lunula_arena_bytes()
        self._memory = ctypes.create_string_buffer(size + _ARENA_ALIGNMENT)
        start = -(-ctypes.addressof(self._memory) // _ARENA_ALIGNMENT) * _ARENA_ALIGNMENT
        self._session = self._library.lunula_session_init(start, size)
        if not self._session:
            raise CoreError("the native core refused its arena")

    def segment_size(self, width: float, height: float, tier: float) -> tuple[int, int]:
        """Pass 1 input (width, height) for a region of width x height pixels; both multiples of 64."""
        out = (c_int32 * 2)()
        self._check("segment_size", self._library.lunula_segment_size(width, height, tier, out))
        return out[0], out[1]

    def decode_hands(
        self, scores: npt.ArrayLike, boxes: npt.ArrayLike, affine: npt.ArrayLike, frame_width: int, frame_height: int
    ) -> list[Hand]:
        """Hands in frame pixels, best first. scores: logits [rows, columns, 1]; boxes: [rows, columns, 4]."""
        logits = _floats(scores, (None, None, 1), "scores")
        rows, columns = logits.shape[:2]
        sides, matrix = _floats(boxes, (rows, columns, 4), "boxes"), _floats(affine, (6,), "affine")
        out = (HandStruct * _MAX_HANDS)()
        count = self._library.lunula_decode_hands(
            _pointer(logits), _pointer(sides), rows, columns, _pointer(matrix), frame_width, frame_height, out
        )
        found = out[: self._check("decode_hands", count)]
        return [Hand(hand.score, hand.left, hand.top, hand.right, hand.bottom) for hand in found]

    def hand_roi(self, frame_width: int, frame_height: int, hand: Hand) -> Region:
        """The padded square around a hand, clipped to the frame."""
        box, out = HandStruct(hand.score, hand.left, hand.top, hand.right, hand.bottom), (c_float * 4)()
        self._check("hand_roi", self._library.lunula_hand_roi(frame_width, frame_height, box, out))
        return out[0], out[1], out[2], out[3]

    def set_regions(self, regions: Sequence[Region]) -> None:
        """The regions of this frame's hands: a nail's `hand` is the index of the nearest."""
        rects = _floats(np.array(regions, np.float32).reshape(-1, 4), (None, 4), "regions")
        self._check("set_regions", self._library.lunula_set_regions(self._session, _pointer(rects), len(rects)))

    def first_pass_roi(self, frame_width: int, frame_height: int, nails: Sequence[Nail] = (), hand: int = -1) -> Region:
        """The region that pass 1 looks at, given the last frame's nails. hand: of these, or of all if negative."""
        out = (c_float * 4)()
        status = self._library.lunula_first_pass_roi(frame_width, frame_height, _structs(nails), len(nails), hand, out)
        self._check("first_pass_roi", status)
        return out[0], out[1], out[2], out[3]

    def second_look_roi(self, frame_width: int, frame_height: int, nails: Sequence[Nail]) -> Region:
        """The region that pass 1 looks at once more, given a photo's nails; the whole photo where there is none."""
        out = (c_float * 4)()
        status = self._library.lunula_second_look_roi(frame_width, frame_height, _structs(nails), len(nails), out)
        self._check("second_look_roi", status)
        return out[0], out[1], out[2], out[3]

    def fit_rect(self, rect: Sequence[float], input_width: int, input_height: int, mirrored: bool = False) -> Floats:
        """The similarity [6] that maps input pixels to frame pixels, rect centred and wholly inside the input.

        mirrored: left and right of the input exchanged.
        """
        out = np.empty(6, np.float32)
        values = _floats(rect, (4,), "rect")
        status = self._library.lunula_fit_rect(_pointer(values), input_width, input_height, _pointer(out))
        self._check("fit_rect", status)
        if mirrored:
            out[2] += out[0] * input_width
            out[0] = -out[0]
        return out

    def sample(self, rgba: npt.NDArray[np.uint8], affines: npt.ArrayLike, size: tuple[int, int], model: str) -> Floats:
        """Normalised inputs [N, height, width, 3] of `model` from a frame.

        rgba: uint8 [H, W, 4]. affines: [N, 6], input pixels to frame pixels. size: (width, height).
        """
        if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4:
            raise CoreError(f"the frame must be uint8 [H, W, 4], not {rgba.dtype} {list(rgba.shape)}")
        frame = np.ascontiguousarray(rgba)
        maps = _floats(affines, (None, 6), "affines")
        (width, height), count = size, len(maps)
        if width < 1 or height < 1:
            raise CoreError(f"the input must be at least 1x1, not {width}x{height}")
        out = np.empty((count, height, width, 3), np.float32)
        status = self._library.lunula_sample(
            frame.ctypes.data_as(POINTER(c_uint8)),
            frame.shape[1],
            frame.shape[0],
            frame.strides[0],
            _pointer(maps),
            count,
            width,
            height,
            _MODEL_INDEX[model],
            _pointer(out),
        )
        self._check("sample", status)
        return out

    def decode_heatmap(
        self, heatmap: npt.ArrayLike, geometry: npt.ArrayLike, affine: npt.ArrayLike, look: int = 0
    ) -> list[Candidate]:
        """Candidates in frame pixels, best first. heatmap: logits [rows, columns, 5]; geometry: [rows, columns, 6].

        look: 0 for the frame's first region; the candidates of further ones are merged into those before.
        """
        logits = _floats(heatmap, (None, None, len(FINGERS)), "heatmap")
        rows, columns = logits.shape[:2]
        sizes = _floats(geometry, (rows, columns, _GEOMETRY_CHANNELS), "geometry")
        matrix = _floats(affine, (6,), "affine")
        count = self._library.lunula_decode_heatmap(
            self._session, look, _pointer(logits), _pointer(sizes), rows, columns, _pointer(matrix)
        )
        found = self._library.lunula_candidates(self._session)
        return [_candidate(found[i]) for i in range(self._check("decode_heatmap", count))]

    def plan_patches(self, views: int = 1) -> Floats:
        """One affine a candidate and view, [N, 6]: patch pixels to frame pixels; a candidate's views in a row.

        views: 1, 2 (mirrored, too) or 4 (and both upside down).
        """
        return self._planned(self._library.lunula_plan_patches(self._session, views))

    def plan_patches_again(self, views: int = 1) -> Floats:
        """The same around the nails that `decode_patches` found; all other candidates are forgotten."""
        return self._planned(self._library.lunula_plan_patches_again(self._session, views))

    def _planned(self, status: int) -> Floats:
        count = self._check("plan_patches", status)
        if count == 0:
            return np.zeros((0, 6), np.float32)
        return np.ctypeslib.as_array(self._library.lunula_patch_affines(self._session), (count, 6)).copy()

    def store_patches(
        self,
        start: int,
        keypoints: npt.ArrayLike,
        masks: npt.ArrayLike,
        confidence: npt.ArrayLike,
        rotations: npt.ArrayLike | None = None,
    ) -> None:
        """Outputs of pass 2 for patches start, start + 1, … of whole candidates.

        Logits [N, 32, 32, 2], [N, 64, 64, 1] and [N, 1]; rotations [N, 6] in the patches' frames, of nail_patch_r6d.
        """
        mask_logits = _floats(masks, (None, PATCH_SIZE, PATCH_SIZE, 1), "masks")
        count = len(mask_logits)
        keypoint_logits = _floats(keypoints, (count, *_KEYPOINT_SHAPE), "keypoints")
        confidence_logits = _floats(confidence, (count, 1), "confidence")
        six = None if rotations is None else _floats(rotations, (count, 6), "rotations")
        status = self._library.lunula_store_patches(
            self._session,
            start,
            count,
            *(_pointer(values) for values in (keypoint_logits, mask_logits, confidence_logits)),
            None if six is None else _pointer(six),
        )
        self._check("store_patches", status)

    def keep_queries(self, boxes: npt.ArrayLike, scores: npt.ArrayLike, *, least: float = SCORE_THRESHOLD) -> list[int]:
        """Which of RT-DETR's queries are nails, best first. boxes [Q, 4], scores [Q, 2] logits; least: confidence."""
        sides = _floats(boxes, (None, 4), "boxes")
        logits = _floats(scores, (len(sides), 2), "scores")
        kept = (c_int32 * int(NAIL_PATCH.constants["max_nails"]))()
        status = self._library.lunula_keep_queries(_pointer(sides), _pointer(logits), len(sides), least, kept)
        return kept[: self._check("keep_queries", status)]

    def store_queries(
        self, outputs: Sequence[npt.ArrayLike], affine: npt.ArrayLike, look: int = 0, least: float = SCORE_THRESHOLD
    ) -> int:
        """RT-DETR's boxes [Q, 4], scores [Q, 2], masks [Q, H, W], fingers [Q, 5] and keypoints [Q, 2] of one region.

        affine: input pixels -> frame pixels; look: 0 for the frame's first region; least: confidence of those that are
        kept. Returns the patches filled so far.
        """
        boxes, scores, masks, fingers, tips = outputs
        planes = _floats(masks, (None, None, None), "masks")
        count, side, _ = planes.shape
        rows = [_floats(values, (count, width), name) for values, width, name in (
            (boxes, 4, "boxes"), (scores, 2, "scores"), (fingers, len(FINGERS), "fingers"), (tips, 2, "keypoints")
        )]  # fmt: skip
        matrix = _floats(affine, (6,), "affine")
        status = self._library.lunula_store_queries(
            self._session,
            look,
            *(_pointer(values) for values in (rows[0], rows[1], planes, rows[2], rows[3])),
            count,
            side,
            _pointer(matrix),
            least,
        )
        return self._check("store_queries", status)

    def decode_patches(self) -> list[Nail]:
        """Nails in frame pixels, best first, without duplicates."""
        count = self._check("decode_patches", self._library.lunula_decode_patches(self._session))
        nails = self._library.lunula_nails(self._session)
        return [self._nail(nails[i]) for i in range(count)]

    def _nail(self, nail: NailStruct) -> Nail:
        plane = PATCH_SIZE * PATCH_SIZE
        masks = self._library.lunula_masks(self._session)
        mask = np.ctypeslib.as_array(masks, ((nail.mask_index + 1) * plane,))[-plane:]
        points = self._library.lunula_contours(self._session)
        contour = np.ctypeslib.as_array(points, (nail.contour_start + nail.contour_count, 2))[nail.contour_start :]
        found: Nail = {
            "hand": nail.hand,
            "finger": FINGERS[nail.finger] if 0 <= nail.finger < len(FINGERS) else "unknown",
            "confidence": nail.confidence,
            "center": _point(nail.center),
            "size": {"length": nail.length, "width": nail.width},
            "direction": nail.direction,
            "keypoints": [_point(nail.base), _point(nail.tip)],
            "mask": {
                "rect": dict(zip(("x", "y", "width", "height"), nail.rect, strict=True)),  # type: ignore[typeddict-item]
                "transform": list(nail.mask_to_frame),
                "data": mask.reshape(PATCH_SIZE, PATCH_SIZE).copy(),
                "width": PATCH_SIZE,
                "height": PATCH_SIZE,
            },
            "contour": contour.copy(),
        }
        if any(nail.rotation):
            found["rotation"] = list(nail.rotation)
        return found

    @staticmethod
    def _check(function: str, status: int) -> int:
        if status < 0:
            raise CoreError(f"lunula_{function} refused {_STATUS.get(status, f'its arguments (status {status})')}")
        return status


def _structs(nails: Sequence[Nail]) -> ctypes.Array[NailStruct]:
    """What of the nails a region depends on."""
    array = (NailStruct * max(len(nails), 1))()
    for struct, nail in zip(array, nails, strict=False):
        struct.center = (nail["center"]["x"], nail["center"]["y"])
        struct.length, struct.width = nail["size"]["length"], nail["size"]["width"]
        struct.hand = nail["hand"]
    return array


def _candidate(found: CandidateStruct) -> Candidate:
    center = (found.center[0], found.center[1])
    return Candidate(FINGERS[found.finger], found.score, center, found.length, found.width, found.axis, found.hand)


def _point(values: Sequence[float]) -> dict[str, float]:
    return {"x": values[0], "y": values[1]}


def _pointer(values: Floats) -> Any:
    return values.ctypes.data_as(POINTER(c_float))


def _floats(values: npt.ArrayLike, shape: tuple[int | None, ...], name: str) -> Floats:
    """A dense float32 array, its shape checked; None admits any length."""
    array = np.ascontiguousarray(values, np.float32)
    fits = array.ndim == len(shape) and all(want in (None, have) for want, have in zip(shape, array.shape, strict=True))
    if not fits:
        raise CoreError(f"{name} must have shape {list(shape)}, not {list(array.shape)}")
    return array
