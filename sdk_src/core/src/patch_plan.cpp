/* Where pass 2 looks: one square a candidate, the nail's axis upright. */
#include <algorithm>

#include "affine.h"
#include "session.h"

namespace lunula {

/* Pass 1 knows the axis modulo pi: of its two senses take the one that points up in the frame (right when level). */
static Point upward(float axis) {
  const Point d = {std::cos(axis), std::sin(axis)};
  const bool flip = d.y > 0 || (d.y == 0 && d.x < 0);
  return flip ? Point{-d.x, -d.y} : d;
}

/* The similarity, without reflection, that takes the patch's centre to the nail's and the patch's up (0, -1) to up. */
static void patch_affine(const lunula_candidate &candidate, float out[6]) {
  const Point up = upward(candidate.axis);
  const float side = spec::nail_patch::side_factor * std::max(candidate.length, candidate.width);
  const float scale = side / float(kPatchSize), half = 0.5f * float(kPatchSize);
  out[0] = -up.y * scale;
  out[1] = -up.x * scale;
  out[3] = up.x * scale;
  out[4] = -up.y * scale;
  out[2] = candidate.center_x - half * (out[0] + out[1]);
  out[5] = candidate.center_y - half * (out[3] + out[4]);
}

} // namespace lunula

extern "C" int32_t lunula_plan_patches(lunula_session *session) {
  using namespace lunula;
  if (!is_session(session))
    return LUNULA_BAD_ARGUMENT;
  for (int i = 0; i < session->candidate_count; i++) {
    patch_affine(session->candidates[i], session->affines + 6 * i);
    session->patches[i].usable = false;
  }
  session->patch_count = session->candidate_count;
  return session->patch_count;
}
