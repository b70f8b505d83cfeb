/* Decoding of outputs that no trained network gives. */
#include <cfloat>
#include <cstring>
#include <initializer_list>

#include "pipeline.h"

static const float kIdentity[6] = {1, 0, 0, 0, 1, 0};

static void noise_of_every_strength() {
  Arena arena;
  Noise noise;
  int nails = 0;
  for (float strength : {0.01f, 1.0f, 6.0f, 40.0f, 1e4f, 1e30f})
    for (int round = 0; round < 3; round++)
      nails += run_pipeline(arena.session, 24, 40, kIdentity, [&](float *out, size_t n) {
        for (size_t i = 0; i < n; i++)
          out[i] = noise.uniform(-strength, strength);
      });
  CHECK(nails > 0); // the checks above saw nails, not only refusals
}

static void special_values() {
  Arena arena;
  Noise noise;
  const float values[] = {0, -0.0f, 1, -1, 5, -5, NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, FLT_MIN, 1e-45f};
  constexpr int n_values = sizeof values / sizeof *values;
  for (int rare = 0; rare < 2; rare++)
    for (int round = 0; round < 30; round++)
      run_pipeline(arena.session, 16, 16, kIdentity, [&](float *out, size_t n) {
        for (size_t i = 0; i < n; i++)
          out[i] = rare && noise.next() % 64 ? noise.uniform(-3, 3) : values[noise.next() % n_values];
      });
  for (float value : values)
    run_pipeline(arena.session, 16, 16, kIdentity, [&](float *out, size_t n) {
      for (size_t i = 0; i < n; i++)
        out[i] = value;
    });
}

/* The most boundary that 64x64 can have: longer than the cap, and all saddles. */
static void contours_at_their_longest() {
  Arena arena;
  for (int pattern = 0; pattern < 4; pattern++) {
    const int nails = run_pipeline(arena.session, 1, 1, kIdentity, [&](float *out, size_t n) {
      for (size_t i = 0; i < n; i++) {
        const size_t row = i / 64, column = i % 64;
        const bool spiral = row % 2 == 0 || column == (row % 4 == 1 ? 0u : 63u);
        const bool comb = row == 0 || column % 2 == 0, checkers = (row + column) % 2 == 0;
        const bool on = n != size_t(kPlane) || (pattern == 0 ? spiral : pattern == 1 ? comb : checkers);
        out[i] = n == 6 ? -1 : on ? 4.0f : (pattern == 3 ? -5.0f : -3.0f);
      }
    });
    CHECK(nails == 1);
  }
}

/* Saddles whose four values cancel but for rounding: both walks through a cell must see the same sign of their mean, or
 * the trace never comes back to its start (found by the fuzzer). */
static void saddles_that_nearly_cancel() {
  Arena arena;
  Noise noise;
  const float values[] = {0.1f, 0.2f, 0.3f, 0.4f, 0.7f};
  for (int round = 0; round < 100; round++) {
    const int nails = run_pipeline(arena.session, 1, 1, kIdentity, [&](float *out, size_t n) {
      for (size_t i = 0; i < n; i++) {
        const float near_zero = values[noise.next() % 5] * (noise.next() % 3 ? 1.0f : -1.0f);
        out[i] = n == 6 ? -1 : n == size_t(kPlane) ? near_zero : 6.0f;
      }
    });
    CHECK(nails == 1);
  }
}

static void refused_shapes_and_affines() {
  Arena arena;
  Exact<float> values(11, -1); // a peak of 0.27, 12 px long
  for (int32_t side : {0, -1, INT32_MIN, INT32_MAX, 1 << 14}) {
    CHECK(lunula_decode_heatmap(arena.session, 0, values.data(), values.data(), side, 1, kIdentity) < 0);
    CHECK(lunula_decode_heatmap(arena.session, 0, values.data(), values.data(), 1, side, kIdentity) < 0);
  }
  const float singular[6] = {0, 0, 5, 0, 0, 5};
  CHECK(lunula_decode_heatmap(arena.session, 0, values.data(), values.data(), 1, 1, singular) < 0);
  const float huge[6] = {FLT_MAX, 0, 0, 0, FLT_MAX, 0};
  CHECK(lunula_decode_heatmap(arena.session, 0, values.data(), values.data(), 1, 1, huge) <= 0);
  CHECK(lunula_decode_heatmap(arena.session, 0, values.data(), values.data(), 1, 1, kIdentity) == 1);
  CHECK(lunula_plan_patches(arena.session, 1) == 1);
  Exact<float> none(1);
  for (int32_t count : {2, -1, INT32_MIN, INT32_MAX})
    CHECK(lunula_store_patches(arena.session, 0, count, none.data(), none.data(), none.data(), nullptr) ==
          LUNULA_BAD_ARGUMENT);
  CHECK(lunula_store_patches(arena.session, 1, 0, none.data(), none.data(), none.data(), nullptr) == 0);
}

/* The same inputs give the same bytes, also after another frame. */
static void deterministic() {
  Arena first, second;
  for (int round = 0; round < 3; round++) {
    Noise noise;
    const auto fill = [&](float *out, size_t n) {
      for (size_t i = 0; i < n; i++)
        out[i] = noise.uniform(-6, 7);
    };
    const int a = run_pipeline(first.session, 16, 16, kIdentity, fill);
    if (round == 1)
      run_pipeline(second.session, 16, 16, kIdentity, fill); // another frame in between
    noise = Noise();
    const int b = run_pipeline(second.session, 16, 16, kIdentity, fill);
    CHECK(a == b && a > 0);
    CHECK(std::memcmp(lunula_nails(first.session), lunula_nails(second.session), size_t(a) * sizeof(lunula_nail)) == 0);
    for (int i = 0; i < a; i++) {
      const lunula_nail &nail = lunula_nails(first.session)[i];
      CHECK(std::memcmp(lunula_contours(first.session) + 2 * nail.contour_start,
                        lunula_contours(second.session) + 2 * nail.contour_start, size_t(nail.contour_count) * 8) == 0);
    }
  }
}

int main() {
  noise_of_every_strength();
  special_values();
  contours_at_their_longest();
  saddles_that_nearly_cancel();
  refused_shapes_and_affines();
  deterministic();
}
