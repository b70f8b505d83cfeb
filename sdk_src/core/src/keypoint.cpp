/* The logits are trained with a softmax over the cells against a Gaussian: they are its logarithm but for a constant, a
 * parabola whose vertex three cells give exactly (DARK, Zhang et al., CVPR 2020). */
#include "keypoint.h"

#include "bounds.h"

namespace lunula {

static float value(const float *heatmap, int channel, int row, int column) {
  return heatmap[(row * kKeypointGrid + column) * kKeypointCount + channel];
}

/* Vertex of the parabola through the logits at -1, 0, 1, in cells; 0 where there is none. */
static float vertex(float before, float peak, float after) {
  if (!finite(before) || !finite(after))
    return 0;
  const float curvature = before - 2 * peak + after;
  if (!(curvature < -1e-6f))
    return 0;
  return clamp(0.5f * (before - after) / curvature, -0.5f, 0.5f);
}

bool find_keypoint(const float *heatmap, int channel, Point &out) {
  int row = -1, column = -1;
  float best = -INFINITY;
  for (int r = 0; r < kKeypointGrid; r++) {
    for (int c = 0; c < kKeypointGrid; c++) {
      const float v = value(heatmap, channel, r, c);
      if (finite(v) && v > best) {
        best = v;
        row = r;
        column = c;
      }
    }
  }
  if (row < 0)
    return false;
  const bool inner_column = column > 0 && column<kKeypointGrid - 1, inner_row = row> 0 && row < kKeypointGrid - 1;
  const float dx =
      inner_column ? vertex(value(heatmap, channel, row, column - 1), best, value(heatmap, channel, row, column + 1))
                   : 0;
  const float dy =
      inner_row ? vertex(value(heatmap, channel, row - 1, column), best, value(heatmap, channel, row + 1, column)) : 0;
  out = {(float(column) + 0.5f + dx) * spec::nail_patch::heat_stride,
         (float(row) + 0.5f + dy) * spec::nail_patch::heat_stride};
  return true;
}

} // namespace lunula
