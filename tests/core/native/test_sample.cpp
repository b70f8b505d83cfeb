/* lunula_sample reads no byte beyond the frame and writes none beyond the batch, whatever the affine. */
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <initializer_list>

#include "check.h"

/* The last row has no padding behind it. */
static void reads_and_writes_within_bounds() {
  Noise noise;
  for (int round = 0; round < 300; round++) {
    const int width = 1 + int(noise.next() % 40), height = 1 + int(noise.next() % 40);
    const int stride = width * 4 + int(noise.next() % 16);
    Exact<uint8_t> frame(size_t(stride) * size_t(height - 1) + size_t(width) * 4, 200);
    const int count = int(noise.next() % 3), out_width = 1 + int(noise.next() % 20),
              out_height = 1 + int(noise.next() % 20);
    Exact<float> affines(size_t(count) * 6), out(size_t(count) * out_width * out_height * 3, NAN);
    for (size_t i = 0; i < affines.size; i++)
      affines[i] = noise.uniform(-30, 30);
    CHECK(lunula_sample(frame.data(), width, height, stride, affines.data(), count, out_width, out_height,
                        int(noise.next() % 2), out.data()) == count);
    for (size_t i = 0; i < out.size; i++)
      CHECK(std::isfinite(out[i]));
  }
}

static void texel_centres_on_the_borders() {
  Exact<uint8_t> frame(5 * 3 * 4, 255);
  Exact<float> out(5 * 3 * 3);
  const float identity[6] = {1, 0, 0, 0, 1, 0}, flipped[6] = {-1, 0, 5, 0, -1, 3};
  for (const float *affine : {identity, flipped}) {
    CHECK(lunula_sample(frame.data(), 5, 3, 20, affine, 1, 5, 3, 0, out.data()) == 1);
    for (size_t i = 0; i < out.size; i++)
      CHECK(std::fabs(out[i] - out[0]) < 1e-5f);
  }
}

static void extreme_affines() {
  Exact<uint8_t> frame(8 * 8 * 4, 255);
  Exact<float> out(8 * 8 * 3);
  const float values[] = {0, -0.0f, 1e-38f, 1, -1, 1e6f, -1e9f, 2147483648.0f, FLT_MAX, -FLT_MAX, FLT_MIN};
  constexpr int n = sizeof values / sizeof *values;
  Noise noise;
  for (int round = 0; round < 2000; round++) {
    float affine[6];
    for (float &v : affine)
      v = values[noise.next() % n];
    CHECK(lunula_sample(frame.data(), 8, 8, 32, affine, 1, 8, 8, 1, out.data()) == 1);
    for (size_t i = 0; i < out.size; i++)
      CHECK(std::isfinite(out[i]));
  }
}

static void huge_sizes_and_counts() {
  uint8_t pixel[4] = {};
  float out[3], affine[6] = {1, 0, 0, 0, 1, 0};
  const int32_t huge[] = {INT32_MAX, INT32_MIN, -1, 1 << 20};
  for (int32_t v : huge) {
    CHECK(lunula_sample(pixel, v, 1, 4, affine, 1, 1, 1, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, v, 4, affine, 1, 1, 1, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, 1, v, affine, 1, 1, 1, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, 1, 4, affine, v, 1, 1, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, 1, 4, affine, 1, v, 1, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, 1, 4, affine, 1, 1, v, 0, out) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_sample(pixel, 1, 1, 4, affine, 1, 1, 1, v, out) == LUNULA_BAD_ARGUMENT);
  }
  CHECK(lunula_sample(pixel, 2, 1, 4, affine, 1, 1, 1, 0, out) == LUNULA_BAD_ARGUMENT); // stride under a row
  CHECK(lunula_sample(pixel, 1, 1, 4, affine, 20, 8192, 8192, 0, out) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_sample(pixel, 1, 1, 4, affine, 0, 1, 1, 0, out) == 0);
}

int main() {
  reads_and_writes_within_bounds();
  texel_centres_on_the_borders();
  extreme_affines();
  huge_sizes_and_counts();
}
