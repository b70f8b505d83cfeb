"""The native library of the C++ core: its C interface, `sdk_src/core/include/lunula_core.h`, for ctypes."""

import ctypes
from ctypes import POINTER, c_float, c_int32, c_size_t, c_uint8, c_void_p
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
LIBRARY = _ROOT / "build" / "native" / "liblunula_core.so"


class CoreError(RuntimeError):
    """The library is missing or refused its arguments."""


class HandStruct(ctypes.Structure):
    """The header's lunula_hand."""

    _fields_ = tuple((name, c_float) for name in ("score", "left", "top", "right", "bottom"))


class CandidateStruct(ctypes.Structure):
    """The header's lunula_candidate."""

    _fields_ = (
        ("finger", c_int32),
        ("score", c_float),
        ("center", c_float * 2),
        ("length", c_float),
        ("width", c_float),
        ("axis", c_float),
        ("hand", c_int32),
    )


class NailStruct(ctypes.Structure):
    """The header's lunula_nail."""

    _fields_ = (
        ("finger", c_int32),
        ("confidence", c_float),
        ("center", c_float * 2),
        ("length", c_float),
        ("width", c_float),
        ("direction", c_float),
        ("base", c_float * 2),
        ("tip", c_float * 2),
        ("mask_to_frame", c_float * 6),
        ("rect", c_float * 4),
        ("mask_index", c_int32),
        ("contour_start", c_int32),
        ("contour_count", c_int32),
        ("hand", c_int32),
        ("rotation", c_float * 6),
    )


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "lunula_arena_bytes": (c_size_t, []),
    "lunula_session_init": (c_void_p, [c_void_p, c_size_t]),
    "lunula_segment_size": (c_int32, [c_float, c_float, c_float, POINTER(c_int32)]),
    "lunula_decode_hands": (
        c_int32,
        [POINTER(c_float), POINTER(c_float), c_int32, c_int32, POINTER(c_float), c_int32, c_int32, POINTER(HandStruct)],
    ),
    "lunula_hand_roi": (c_int32, [c_int32, c_int32, POINTER(HandStruct), POINTER(c_float)]),
    "lunula_first_pass_roi": (c_int32, [c_int32, c_int32, POINTER(NailStruct), c_int32, c_int32, POINTER(c_float)]),
    "lunula_second_look_roi": (c_int32, [c_int32, c_int32, POINTER(NailStruct), c_int32, POINTER(c_float)]),
    "lunula_set_regions": (c_int32, [c_void_p, POINTER(c_float), c_int32]),
    "lunula_fit_rect": (c_int32, [POINTER(c_float), c_int32, c_int32, POINTER(c_float)]),
    "lunula_sample": (
        c_int32,
        [POINTER(c_uint8), *[c_int32] * 3, POINTER(c_float), *[c_int32] * 4, POINTER(c_float)],
    ),
    "lunula_decode_heatmap": (
        c_int32,
        [c_void_p, c_int32, POINTER(c_float), POINTER(c_float), c_int32, c_int32, POINTER(c_float)],
    ),
    "lunula_candidates": (POINTER(CandidateStruct), [c_void_p]),
    "lunula_plan_patches": (c_int32, [c_void_p, c_int32]),
    "lunula_plan_patches_again": (c_int32, [c_void_p, c_int32]),
    "lunula_patch_affines": (POINTER(c_float), [c_void_p]),
    "lunula_store_patches": (
        c_int32,
        [c_void_p, c_int32, c_int32, *[POINTER(c_float)] * 4],
    ),
    "lunula_keep_queries": (c_int32, [POINTER(c_float), POINTER(c_float), c_int32, c_float, POINTER(c_int32)]),
    "lunula_store_queries": (
        c_int32,
        [c_void_p, c_int32, *[POINTER(c_float)] * 5, c_int32, c_int32, POINTER(c_float), c_float],
    ),
    "lunula_decode_patches": (c_int32, [c_void_p]),
    "lunula_nails": (POINTER(NailStruct), [c_void_p]),
    "lunula_masks": (POINTER(c_uint8), [c_void_p]),
    "lunula_contours": (POINTER(c_float), [c_void_p]),
}


def open_library(path: Path) -> ctypes.CDLL:
    """The library, its functions' types told. Raises CoreError where it is not built."""
    if not path.is_file():
        shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path
        raise CoreError(f"the native core {shown} is not built; run `scons core` first")
    library = ctypes.CDLL(str(path))
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
