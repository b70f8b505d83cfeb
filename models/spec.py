"""The contract of each network: tensor shapes, normalisation, output names and thresholds.

This is the only place where these numbers are written. The build renders them to
`model_specs.h` for the C++ core and to `specs.ts` for the SDK.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

FINGERS = ("thumb", "index", "middle", "ring", "little")


@dataclass(frozen=True)
class Normalisation:
    """Network input = (rgb / 255 - mean) / std, channel order RGB."""

    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.25, 0.25, 0.25)


@dataclass(frozen=True)
class TensorSpec:
    """Name and NHWC shape of one tensor; None is a dimension free at run time."""

    name: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class ModelSpec:
    """One network as every room sees it."""

    name: str
    version: str
    input: TensorSpec
    outputs: tuple[TensorSpec, ...]
    # A shape for tracing, with every free dimension filled in, and more shapes that the gates check.
    example_shape: tuple[int, int, int, int]
    gate_shapes: tuple[tuple[int, int, int, int], ...]
    normalisation: Normalisation = field(default_factory=Normalisation)
    constants: dict[str, float] = field(default_factory=dict)
    # The network whose checkpoint this is, where one checkpoint is exported at several sizes; "": its own name.
    network: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


# Input tiers of pass 1 (DESIGN §2): the square root of the input's area, in pixels.
TIERS = (256, 320, 384, 448, 512)

NAIL_HEATMAP = ModelSpec(
    name="nail_heatmap",
    version="1",
    input=TensorSpec("image", (1, None, None, 3)),
    outputs=(
        # Logits, one channel a finger in the order of FINGERS.
        TensorSpec("heatmap", (1, None, None, len(FINGERS))),
        # Per cell: offset x, y of the nail's centre from the cell's centre (in cells),
        # ln(length / size_unit), ln(width / size_unit), cos 2a, sin 2a (a: the nail's axis, image coordinates, y down).
        TensorSpec("geometry", (1, None, None, 6)),
        # Logits: is a nail of this finger in view at all.
        TensorSpec("visible", (1, len(FINGERS))),
    ),
    example_shape=(1, 256, 256, 3),
    gate_shapes=((1, 256, 256, 3), (1, 320, 192, 3), (1, 384, 512, 3)),
    constants={
        "stride": 4,  # input pixels per heatmap cell
        "size_unit": 32.0,  # pixels; sizes are ln(size / size_unit)
        "peak_threshold": 0.2,  # least sigmoid(heatmap) of a candidate
        "still_tier": 448,  # tier for a photo, and for every region of it that is looked at again
        "second_look_padding": 0.8,  # of the side of the box around a photo's nails, on every side
        "look_share": 0.8,  # of the photo's area: a larger region is not looked at again
        "max_frame_side": 1280,  # pixels; a larger photo or frame is drawn this small before anything looks at it
        "track_tier": 256,  # tier for a tracked hand's ROI
        "roi_padding": 0.10,  # of the ROI's side, on every side
        "min_roi_px": 64,  # a smaller ROI falls back to the whole frame
    },
)

PATCH_SIZE = 64

NAIL_PATCH = ModelSpec(
    name="nail_patch",
    version="1",
    input=TensorSpec("patches", (None, PATCH_SIZE, PATCH_SIZE, 3)),
    outputs=(
        # Logits of the base (channel 0) and tip (channel 1) keypoint heatmaps, at stride 2.
        TensorSpec("output_0", (None, PATCH_SIZE // 2, PATCH_SIZE // 2, 2)),
        # Mask logits.
        TensorSpec("output_1", (None, PATCH_SIZE, PATCH_SIZE, 1)),
        # Logit of "this patch is centred on a nail".
        TensorSpec("output_2", (None, 1)),
    ),
    example_shape=(4, PATCH_SIZE, PATCH_SIZE, 3),
    gate_shapes=((4, PATCH_SIZE, PATCH_SIZE, 3), (1, PATCH_SIZE, PATCH_SIZE, 3), (10, PATCH_SIZE, PATCH_SIZE, 3)),
    constants={
        "patch_size": PATCH_SIZE,
        "heat_count": 2,
        "heat_stride": 2,  # patch pixels per keypoint heatmap cell
        "side_factor": 1.5,  # patch side / the nail's longest side
        "max_batch": 10,
        "max_nails": 20,
        "still_views": 4,  # of each nail of a photo, mirrored and turned, whose mean counts
        # confidence = sigmoid(bias + peak * logit(peak score) + patch * patch logit); models.evaluation.calibrate
        "confidence_bias": -0.28,
        "confidence_peak": 1.14,
        "confidence_patch": 0.60,
        "confidence_threshold": 0.4,  # least confidence of a nail that is reported
        "overlap_threshold": 0.5,  # share of the smaller mask inside a better nail's that makes it a duplicate
    },
)

# The same network with one output more.
NAIL_PATCH_R6D = replace(
    NAIL_PATCH,
    name="nail_patch_r6d",
    outputs=(
        *NAIL_PATCH.outputs,
        # Rotation: first two columns (axis from base to tip, across) before Gram-Schmidt, in the patch's frame:
        # x right, y down, z away, as a camera sees it that looks straight at the nail.
        TensorSpec("output_3", (None, 6)),
    ),
    # Its own fit, on training photos and hand-free ones: it is surer of itself than nail_patch.
    constants={
        **NAIL_PATCH.constants,
        "confidence_bias": -3.10,
        "confidence_peak": 1.81,
        "confidence_patch": 0.70,
    },
)

HAND_DETECTOR = ModelSpec(
    name="hand_detector",
    version="1",
    input=TensorSpec("image", (1, 192, 192, 3)),
    outputs=(
        # Logit of "a hand's centre lies here", one a cell.
        TensorSpec("scores", (1, 12, 12, 1)),
        # From the cell's centre to the box's left, top, right and bottom side, in box_unit pixels.
        TensorSpec("boxes", (1, 12, 12, 4)),
    ),
    example_shape=(1, 192, 192, 3),
    gate_shapes=((1, 192, 192, 3),),
    constants={
        "size": 192,  # input side; the frame is fitted inside it and centred
        "stride": 16,  # input pixels per cell
        "box_unit": 64.0,  # input pixels
        "score_threshold": 0.3,  # least sigmoid(score) of a hand
        "overlap_threshold": 0.5,  # IoU with a better hand's box from which on a box is the same hand
        "inside_threshold": 0.8,  # share of the smaller box inside a better one that makes it a part of that hand
        "max_hands": 2,
    },
)


def _rtdetr(name: str, size: int) -> ModelSpec:
    queries, mask = 40, size // 2
    return ModelSpec(
        name=name,
        version="1",
        network="nail_rtdetr",
        input=TensorSpec("image", (1, size, size, 3)),
        outputs=(
            # Centre x, y, width, height, 0..1 of the input's side.
            TensorSpec("boxes", (1, queries, 4)),
            # Logits: is a nail; IoU of its mask with the nail.
            TensorSpec("scores", (1, queries, 2)),
            # Logits.
            TensorSpec("masks", (1, queries, mask, mask)),
            # Logits, in the order of FINGERS.
            TensorSpec("fingers", (1, queries, len(FINGERS))),
            # The nail's tip, x, y, 0..1.
            TensorSpec("keypoints", (1, queries, 2)),
            # The five-slot form: slot k is finger k, one nail a finger of one hand.
            TensorSpec("nail_masks", (1, len(FINGERS), mask, mask)),
            TensorSpec("nail_scores", (1, len(FINGERS), 1)),
            TensorSpec("nail_keypoints", (1, len(FINGERS), 2)),
        ),
        example_shape=(1, size, size, 3),
        gate_shapes=((1, size, size, 3),),
        constants={
            "size": size,  # input side
            "queries": queries,
            "mask_stride": 2,  # input pixels per mask pixel
            # confidence = sigmoid(bias + nail * is-a-nail logit + iou * IoU logit); models.evaluation.calibrate_rtdetr
            "confidence_bias": -0.98,
            "confidence_nail": 2.89,
            "confidence_iou": 0.18,
            # Of a photo's nail, once pass 2 has outlined it: sigmoid(bias + query * logit of the confidence above
            # + patch * patch logit); models.evaluation.calibrate_rtdetr --outlined
            "outlined_bias": -2.19,
            "outlined_query": 1.00,
            "outlined_patch": 0.70,
            "outlined_threshold": 0.15,  # least of it that is reported
            "score_threshold": 0.5,  # least confidence of a nail that is reported
            "still_threshold": 0.2,  # the same of a photo's nail that pass 2 is to look at
            "box_margin": 0.125,  # of the box's size, on every side: what of a mask counts
            "overlap_threshold": 0.5,  # share of the smaller mask inside a better nail's that makes it a duplicate
            "roi_padding": 0.10,  # of the ROI's side, on every side
        },
    )


NAIL_RTDETR = _rtdetr("nail_rtdetr", 256)  # a hand's ROI
NAIL_RTDETR_FULL = _rtdetr("nail_rtdetr_full", 432)  # a whole frame

SPECS = {
    spec.name: spec for spec in (HAND_DETECTOR, NAIL_HEATMAP, NAIL_PATCH, NAIL_PATCH_R6D, NAIL_RTDETR, NAIL_RTDETR_FULL)
}
# The cascade's second passes.
VARIANTS = {"standard": NAIL_PATCH, "r6d": NAIL_PATCH_R6D}
# What each engine loads, in the order in which it runs them.
ENGINES = {
    "cascade": (HAND_DETECTOR, NAIL_HEATMAP, NAIL_PATCH),
    "rtdetr": (HAND_DETECTOR, NAIL_RTDETR, NAIL_PATCH),
    "rtdetr-full": (NAIL_RTDETR_FULL, NAIL_PATCH),
}
