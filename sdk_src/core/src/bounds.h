/* Sizes that the core accepts and the room it keeps. Model constants come from the generated model_specs.h. */
#pragma once

#include "model_specs.h"

namespace lunula {

constexpr int kMaxFrameSide = 16384;      // pixels
constexpr int kMaxInputSide = 8192;       // pixels: tier 512 at an aspect of 256, the narrowest frame the SDK admits
constexpr int kMaxTier = 2048;            // pixels
constexpr int kMaxOutputPixels = 1 << 26; // of one lunula_sample call: 805 MB of float32, far above any real batch
constexpr int kMaxTaps = 8;               // supersampling a side

constexpr int kFingers = spec::finger_count;
constexpr int kGeometryChannels = 6; // offset x, y; ln length, ln width; cos 2a, sin 2a
constexpr int kPatchSize = spec::nail_patch::patch_size;
constexpr int kPatchPixels = kPatchSize * kPatchSize;
constexpr int kKeypointGrid = kPatchSize / spec::nail_patch::heat_stride; // cells a side
constexpr int kKeypointCount = spec::nail_patch::heat_count;
constexpr int kMaxNails = spec::nail_patch::max_nails;
constexpr int kMaxHands = spec::hand_detector::max_hands;
constexpr int kMaxContourPoints = 512;
constexpr int kMinMaskPixels = 12; // a smaller mask is noise: 1 px of a nail at the least usable size of 8 px is 28

} // namespace lunula
