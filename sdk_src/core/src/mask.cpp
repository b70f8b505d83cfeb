#include "mask.h"

#include <algorithm>

#include "numeric.h"

namespace lunula {

constexpr float kBackground = -30.0f; // logit: sigmoid 1e-13
constexpr float kSaturated = 6.3f;    // logit: from here on a level is 255, or 0; most pixels need no exponential

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

/* Labels the largest component alone, the first in raster order of equal ones, and returns its size; 0 when nothing is
 * positive. */
static int label_largest(Scratch &scratch) {
  std::fill(scratch.label, scratch.label + kPatchPixels, uint8_t(0));
  int seed = -1, most = 0, components = 0;
  for (int i = 0; i < kPatchPixels; i++) {
    if (scratch.logits[i] <= 0 || scratch.label[i] != 0)
      continue;
    const int pixels = flood(scratch, i, 1);
    components++;
    if (pixels > most) {
      most = pixels;
      seed = i;
    }
  }
  if (components > 1) {
    std::fill(scratch.label, scratch.label + kPatchPixels, uint8_t(0));
    flood(scratch, seed, 1);
  }
  return most;
}

static int level_of(float logit) {
  if (logit >= kSaturated || logit <= -kSaturated)
    return logit > 0 ? 255 : 0;
  return int(255 * sigmoid(logit) + 0.5f);
}

int clean_mask(const float *logits, Scratch &scratch, uint8_t *soft) {
  for (int i = 0; i < kPatchPixels; i++)
    scratch.logits[i] = finite(logits[i]) ? clamp(logits[i], kBackground, -kBackground) : kBackground;
  const int pixels = label_largest(scratch);
  for (int i = 0; i < kPatchPixels; i++) {
    const bool positive = scratch.logits[i] > 0, inside = positive && scratch.label[i] != 0;
    if (positive && !inside)
      scratch.logits[i] = kBackground;
    const int level = level_of(scratch.logits[i]);
    soft[i] = uint8_t(inside ? std::max(level, 128) : std::min(level, 127));
  }
  return pixels;
}

} // namespace lunula
