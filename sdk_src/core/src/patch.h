/* One nail out of one upright patch, whichever network filled it. */
#pragma once

#include "session.h"

namespace lunula {

struct PatchOutputs {
  const float
      *keypoints;    // logits [kKeypointGrid, kKeypointGrid, kKeypointCount]; NULL: the patch's up is the direction
  const float *mask; // logits [kPatchSize, kPatchSize]
  float confidence;  // 0..1
};

/* Reads the nail of session.patches[patch], whose affine and candidate are set; not usable where there is none. */
void decode_patch(lunula_session &session, int patch, const PatchOutputs &outputs);

} // namespace lunula
