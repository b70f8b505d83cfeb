#include "views.h"

#include <algorithm>

namespace lunula {

static bool mirrored(int view) { return (view & 1) != 0; }
static bool upside_down(int view) { return (view & 2) != 0; }

void view_affine(const float patch[6], int view, float out[6]) {
  std::copy(patch, patch + 6, out);
  for (int row = 0; row < 6; row += 3) {
    if (mirrored(view)) {
      out[row + 2] += out[row] * float(kPatchSize);
      out[row] = -out[row];
    }
    if (upside_down(view)) {
      out[row + 2] += out[row + 1] * float(kPatchSize);
      out[row + 1] = -out[row + 1];
    }
  }
}

void mean_of_views(const float *outputs, int views, int side, int channels, float *out) {
  const int plane = side * side * channels;
  std::fill(out, out + plane, 0.f);
  const float share = 1.0f / float(views);
  for (int view = 0; view < views; view++) {
    for (int row = 0; row < side; row++) {
      const int from_row = upside_down(view) ? side - 1 - row : row;
      for (int column = 0; column < side; column++) {
        const int from_column = mirrored(view) ? side - 1 - column : column;
        const float *from = outputs + size_t(view) * plane + (from_row * side + from_column) * channels;
        float *to = out + (row * side + column) * channels;
        for (int channel = 0; channel < channels; channel++)
          to[channel] += share * from[channel];
      }
    }
  }
}

/* Mirroring takes the axis and the normal along; the direction across is the product of these two, which changes sign. */
void mean_rotation(const float *rotations, int views, float out[6]) {
  std::fill(out, out + 6, 0.f);
  const float share = 1.0f / float(views);
  for (int view = 0; view < views; view++) {
    const float x = mirrored(view) ? -1.f : 1.f, y = upside_down(view) ? -1.f : 1.f;
    const float signs[6] = {x, y, 1, x * y * x, x * y * y, x * y};
    for (int i = 0; i < 6; i++)
      out[i] += share * signs[i] * rotations[6 * view + i];
  }
}

} // namespace lunula
