#include "duplicates.h"

#include <cstddef>

#include "affine.h"

namespace lunula {

static bool apart(const float a[4], const float b[4]) {
  return a[0] + a[2] < b[0] || b[0] + b[2] < a[0] || a[1] + a[3] < b[1] || b[1] + b[3] < a[1];
}

static float frame_area(const DecodedPatch &patch) {
  return float(patch.mask_pixels) * std::fabs(determinant(patch.nail.mask_to_frame));
}

static bool inside(const uint8_t *mask, Point p) {
  const bool in_patch = p.x >= 0 && p.x < float(kPatchSize) && p.y >= 0 && p.y < float(kPatchSize);
  return in_patch && mask[int(p.y) * kPatchSize + int(p.x)] >= 128;
}

float mask_overlap(const lunula_session &session, const DecodedPatch &a, const DecodedPatch &b) {
  if (apart(a.nail.rect, b.nail.rect))
    return 0;
  const bool a_smaller = frame_area(a) < frame_area(b);
  const DecodedPatch &small = a_smaller ? a : b, &large = a_smaller ? b : a;
  float to_large[6];
  if (!invert(large.nail.mask_to_frame, to_large))
    return 0;
  const uint8_t *small_mask = session.masks + size_t(small.nail.mask_index) * kPatchPixels;
  const uint8_t *large_mask = session.masks + size_t(large.nail.mask_index) * kPatchPixels;
  int shared = 0;
  for (int i = 0; i < kPatchPixels; i++) {
    if (small_mask[i] < 128)
      continue;
    const Point center = {float(i % kPatchSize) + 0.5f, float(i / kPatchSize) + 0.5f};
    shared += inside(large_mask, apply(to_large, apply(small.nail.mask_to_frame, center)));
  }
  return float(shared) / float(small.mask_pixels);
}

} // namespace lunula
