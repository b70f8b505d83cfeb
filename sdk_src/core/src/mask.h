/* One nail's mask out of a patch's logits. */
#pragma once

#include "session.h"

namespace lunula {

/* Keeps the largest 8-connected component of positive logits: copies it to scratch.logits (background elsewhere) and
 * writes the soft mask, where a pixel is inside exactly when its value is at least 128. Returns the pixels inside. */
int clean_mask(const float *logits, Scratch &scratch, uint8_t *soft);

} // namespace lunula
