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

static int plan(lunula_session &session, int views) {
  session.views = views;
  session.nail_count = 0; // of the plan before
  for (int i = 0; i < session.candidate_count; i++) {
    float *affine = session.affines + 6 * i;
    patch_affine(session.candidates[i], affine);
    for (int view = 0; view < views; view++)
      view_affine(affine, view, session.view_affines + 6 * (i * views + view));
    session.patches[i].usable = false;
  }
  session.patch_count = session.candidate_count;
  return views * session.patch_count;
}

/* The outline knows better than the peak where the nail is and how large. The axis stays the peak's: with the outline's,
 * directions were off by 5.1 degrees in place of 4.9 (median, training photos). */
static lunula_candidate around(const lunula_nail &nail, const lunula_candidate &peak) {
  lunula_candidate candidate = peak;
  candidate.center_x = nail.center_x;
  candidate.center_y = nail.center_y;
  candidate.length = nail.length;
  candidate.width = nail.width;
  return candidate;
}

} // namespace lunula

extern "C" int32_t lunula_plan_patches(lunula_session *session, int32_t views) {
  using namespace lunula;
  if (!is_session(session) || !is_view_count(views))
    return LUNULA_BAD_ARGUMENT;
  return plan(*session, views);
}

extern "C" int32_t lunula_plan_patches_again(lunula_session *session, int32_t views) {
  using namespace lunula;
  if (!is_session(session) || !is_view_count(views))
    return LUNULA_BAD_ARGUMENT;
  lunula_candidate candidates[kMaxNails];
  for (int i = 0; i < session->nail_count; i++)
    candidates[i] = around(session->nails[i], session->candidates[session->nails[i].mask_index]);
  std::copy(candidates, candidates + session->nail_count, session->candidates);
  session->candidate_count = session->nail_count;
  return plan(*session, views);
}
