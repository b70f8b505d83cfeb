/* An affine is float[6] = {a, b, c, d, e, f}: x' = a*x + b*y + c, y' = d*x + e*y + f. */
#pragma once

#include "numeric.h"

namespace lunula {

struct Point {
  float x, y;
};

inline Point apply(const float m[6], Point p) {
  return {m[0] * p.x + m[1] * p.y + m[2], m[3] * p.x + m[4] * p.y + m[5]};
}

/* Directions turn and scale but do not move. */
inline Point apply_linear(const float m[6], Point p) { return {m[0] * p.x + m[1] * p.y, m[3] * p.x + m[4] * p.y}; }

inline bool finite(const float m[6]) {
  for (int i = 0; i < 6; i++)
    if (!finite(m[i]))
      return false;
  return true;
}

inline float determinant(const float m[6]) { return m[0] * m[4] - m[1] * m[3]; }

/* The area scale's square root: a similarity's scale. */
inline float mean_scale(const float m[6]) { return std::sqrt(std::fabs(determinant(m))); }

/* False when the affine is singular or its inverse is not finite. */
inline bool invert(const float m[6], float out[6]) {
  const float det = determinant(m);
  if (!(std::fabs(det) > 1e-12f))
    return false;
  const float k = 1.0f / det;
  out[0] = m[4] * k;
  out[1] = -m[1] * k;
  out[3] = -m[3] * k;
  out[4] = m[0] * k;
  out[2] = -(out[0] * m[2] + out[1] * m[5]);
  out[5] = -(out[3] * m[2] + out[4] * m[5]);
  return finite(out);
}

} // namespace lunula
