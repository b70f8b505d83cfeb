/* Mask logits -> the nail's outline. */
#pragma once

#include "session.h"

namespace lunula {

/* Marching squares (Lorensen & Cline 1987, in the plane) on scratch.logits at level 0 with linear interpolation; only
 * the loop of the largest area, closed implicitly, at most kMaxContourPoints points x, y in patch pixels, in the
 * sense that keeps the inside on the left as seen on screen. Returns the number of points; 0 when nothing is positive. */
int trace_contour(Scratch &scratch, float *points);

} // namespace lunula
