/* Pass 1 input size from a region's shape (DESIGN §2). */
#include <cmath>

#include "bounds.h"
#include "lunula_core.h"

namespace lunula {

/* In double, so that every caller's own double arithmetic gives the same integers. */
static int32_t input_side(double side, double ratio) {
  const int32_t rounded = static_cast<int32_t>(std::floor(side * ratio + 0.5));
  const int32_t multiple = rounded & ~63;
  return multiple < 64 ? 64 : multiple;
}

static bool in_range(float v, float low, float high) { return v >= low && v <= high; } // false for NaN

} // namespace lunula

extern "C" int32_t lunula_segment_size(float width, float height, float tier, int32_t out[2]) {
  using namespace lunula;
  if (out == nullptr || !in_range(width, 1, kMaxFrameSide) || !in_range(height, 1, kMaxFrameSide) ||
      !in_range(tier, 64, kMaxTier))
    return LUNULA_BAD_ARGUMENT;
  const double ratio = std::sqrt(double(tier) * double(tier) / (double(width) * double(height)));
  const int32_t input_width = input_side(width, ratio), input_height = input_side(height, ratio);
  if (input_width > kMaxInputSide || input_height > kMaxInputSide)
    return LUNULA_BAD_ARGUMENT;
  out[0] = input_width;
  out[1] = input_height;
  return LUNULA_OK;
}
