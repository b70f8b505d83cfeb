/* One nail's mask out of a patch's logits. */
#pragma once

#include "session.h"

namespace lunula {

struct MaskSummary {
  int pixels;             // with a positive logit, in the largest component
  float mean_probability; // over those pixels, 0.5..1; 0 when there are none
};

/* Keeps the largest 8-connected component of positive logits: copies it to scratch.logits (background elsewhere) and
 * writes the soft mask, where a pixel is inside exactly when its value is at least 128. */
MaskSummary clean_mask(const float *logits, Scratch &scratch, uint8_t *soft);

} // namespace lunula
