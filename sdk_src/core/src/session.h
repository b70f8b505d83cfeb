/* What a session keeps between calls. It is one plain struct, so the arena's layout is the compiler's. */
#pragma once

#include <cstdint>

#include "bounds.h"
#include "lunula_core.h"
#include "views.h"

namespace lunula {

/* One patch after pass 2, before duplicates. */
struct DecodedPatch {
  bool usable;     // stored, finite and with a mask
  int mask_pixels; // of the nail's own component
  lunula_nail nail;
};

/* Working memory of one patch's decoding; nothing in it survives the call. */
struct Scratch {
  float mean_keypoints[kKeypointGrid * kKeypointGrid * kKeypointCount];
  float mean_mask[kPatchPixels];
  float logits[kPatchPixels];
  uint8_t label[kPatchPixels];
  uint16_t stack[kPatchPixels];
  float padded[(kPatchSize + 2) * (kPatchSize + 2)];
  uint8_t visited[(kPatchSize + 2) * (kPatchSize + 2)];
};

} // namespace lunula

struct lunula_session {
  uint32_t magic;
  int32_t candidate_count, patch_count, region_count, nail_count;
  int32_t views;                        // of each patch in the plan
  bool from_queries;                    // RT-DETR's, the candidates
  float regions[lunula::kMaxHands * 4]; // x, y, width, height of each hand's; empty where a hand is absent
  lunula_candidate candidates[lunula::kMaxNails];
  float affines[lunula::kMaxNails * 6];
  float view_affines[lunula::kMaxNails * lunula::kMaxViews * 6];
  lunula::DecodedPatch patches[lunula::kMaxNails];
  lunula_nail nails[lunula::kMaxNails];
  uint8_t masks[lunula::kMaxNails * lunula::kPatchPixels];
  float contours[lunula::kMaxNails * lunula::kMaxContourPoints * 2];
  lunula::Scratch scratch;
};

namespace lunula {

/* A session that lunula_session_init() laid out, as far as one can tell from outside. */
bool is_session(const lunula_session *session);

} // namespace lunula
