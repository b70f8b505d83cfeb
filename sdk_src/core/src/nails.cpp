/* The last step: thresholds, order, duplicates. */
#include "duplicates.h"

namespace lunula {

/* Usable patches, best first; equal ones stay in the order of the plan. */
static int rank(const lunula_session &session, int *order) {
  int count = 0;
  for (int i = 0; i < session.patch_count; i++) {
    const DecodedPatch &patch = session.patches[i];
    if (!patch.usable)
      continue;
    int at = count++;
    for (; at > 0 && session.patches[order[at - 1]].nail.confidence < patch.nail.confidence; at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
  return count;
}

static bool duplicate(const lunula_session &session, const DecodedPatch &patch, int kept) {
  for (int i = 0; i < kept; i++) {
    const DecodedPatch &better = session.patches[session.nails[i].mask_index];
    if (mask_overlap(session, patch, better) > spec::nail_patch::overlap_threshold)
      return true;
  }
  return false;
}

} // namespace lunula

extern "C" int32_t lunula_decode_patches(lunula_session *session) {
  using namespace lunula;
  if (!is_session(session))
    return LUNULA_BAD_ARGUMENT;
  int order[kMaxNails];
  const int ranked = rank(*session, order);
  int count = 0;
  for (int i = 0; i < ranked; i++) {
    const DecodedPatch &patch = session->patches[order[i]];
    if (!duplicate(*session, patch, count))
      session->nails[count++] = patch.nail;
  }
  session->nail_count = count;
  return count;
}
