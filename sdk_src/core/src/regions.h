/* Which hand a nail belongs to. */
#pragma once

#include <algorithm>

#include "affine.h"
#include "session.h"

namespace lunula {

/* The region whose middle is nearest to the nail's, measured in half regions; 0 where there is none. */
inline int nearest_region(const lunula_session &session, Point center) {
  int best = 0;
  float least = INFINITY;
  for (int i = 0; i < session.region_count; i++) {
    const float *r = session.regions + 4 * i;
    if (!(r[2] > 0) || !(r[3] > 0))
      continue;
    const float dx = std::fabs(center.x - (r[0] + 0.5f * r[2])) / r[2];
    const float dy = std::fabs(center.y - (r[1] + 0.5f * r[3])) / r[3];
    if (std::max(dx, dy) < least) {
      least = std::max(dx, dy);
      best = i;
    }
  }
  return best;
}

} // namespace lunula
