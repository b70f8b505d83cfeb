/* A nail's rotation in space: six numbers of the network -> two orthonormal columns in the frame (Zhou et al. 2019). */
#include "rotation.h"

#include <algorithm>

#include "affine.h"

namespace lunula {

static float dot(const float *a, const float *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* False for a vector without a direction. */
static bool normalise(float *v) {
  const float length = std::sqrt(dot(v, v));
  if (!(length > 1e-6f) || !finite(length))
    return false;
  for (int i = 0; i < 3; i++)
    v[i] /= length;
  return true;
}

/* Gram-Schmidt. */
static bool orthonormal(const float *six, float *out) {
  std::copy(six, six + 6, out);
  if (!normalise(out))
    return false;
  const float along = dot(out, out + 3);
  for (int i = 0; i < 3; i++)
    out[3 + i] -= along * out[i];
  return normalise(out + 3);
}

/* A patch lies turned in the frame, in the picture's plane: depth stays. */
static void turn(float *vector, const float *affine) {
  const Point turned = apply_linear(affine, {vector[0], vector[1]});
  const float scale = mean_scale(affine);
  vector[0] = turned.x / scale;
  vector[1] = turned.y / scale;
}

void set_rotation(lunula_nail &nail, const float six[6]) {
  float columns[6];
  if (!orthonormal(six, columns))
    return;
  turn(columns, nail.mask_to_frame);
  turn(columns + 3, nail.mask_to_frame);
  if (std::all_of(columns, columns + 6, [](float v) { return finite(v); }))
    std::copy(columns, columns + 6, nail.rotation);
}

} // namespace lunula
