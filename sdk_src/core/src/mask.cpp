#include "mask.h"

#include <algorithm>

#include "numeric.h"

namespace lunula {

constexpr float kBackground = -30.0f; // logit: sigmoid 1e-13

/* Labels the component of the seed and returns its size. Every pixel enters the stack once at most. */
static int flood(Scratch &scratch, int seed, uint8_t label) {
  int depth = 0, pixels = 0;
  scratch.stack[depth++] = uint16_t(seed);
  scratch.label[seed] = label;
  while (depth > 0) {
    const int at = scratch.stack[--depth], row = at / kPatchSize, column = at % kPatchSize;
    pixels++;
    for (int r = std::max(row - 1, 0); r <= std::min(row + 1, kPatchSize - 1); r++) {
      for (int c = std::max(column - 1, 0); c <= std::min(column + 1, kPatchSize - 1); c++) {
        const int next = r * kPatchSize + c;
        if (scratch.logits[next] > 0 && scratch.label[next] == 0) {
          scratch.label[next] = label;
          scratch.stack[depth++] = uint16_t(next);
        }
      }
    }
  }
  return pixels;
}

/* The seed of the largest component, the first in raster order of equal ones; -1 when nothing is positive. */
static int largest_component(Scratch &scratch) {
  std::fill(scratch.label, scratch.label + kPatchPixels, uint8_t(0));
  int seed = -1, most = 0;
  for (int i = 0; i < kPatchPixels; i++) {
    if (scratch.logits[i] <= 0 || scratch.label[i] != 0)
      continue;
    const int pixels = flood(scratch, i, 1);
    if (pixels > most) {
      most = pixels;
      seed = i;
    }
  }
  return seed;
}

int clean_mask(const float *logits, Scratch &scratch, uint8_t *soft) {
  for (int i = 0; i < kPatchPixels; i++)
    scratch.logits[i] = finite(logits[i]) ? clamp(logits[i], kBackground, -kBackground) : kBackground;
  const int seed = largest_component(scratch);
  int pixels = 0;
  if (seed >= 0) {
    std::fill(scratch.label, scratch.label + kPatchPixels, uint8_t(0));
    pixels = flood(scratch, seed, 1);
  }
  for (int i = 0; i < kPatchPixels; i++) {
    const bool positive = scratch.logits[i] > 0, inside = positive && scratch.label[i] != 0;
    if (positive && !inside)
      scratch.logits[i] = kBackground;
    const float probability = sigmoid(scratch.logits[i]);
    const int level = int(255 * probability + 0.5f);
    soft[i] = uint8_t(inside ? std::max(level, 128) : std::min(level, 127));
  }
  return pixels;
}

} // namespace lunula
