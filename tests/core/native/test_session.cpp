/* Arenas that do not fit, sessions that are none. */
#include <cstring>

#include "check.h"

static void refused_arenas() {
  const size_t bytes = lunula_arena_bytes();
  CHECK(bytes > 0 && bytes < 1u << 20);
  alignas(16) static char memory[1 << 20];
  CHECK(lunula_session_init(nullptr, bytes) == nullptr);
  CHECK(lunula_session_init(memory, bytes - 1) == nullptr);
  CHECK(lunula_session_init(memory, 0) == nullptr);
  CHECK(lunula_session_init(memory + 4, bytes) == nullptr);
  CHECK(lunula_session_init(memory, bytes) != nullptr);
}

static void refused_sessions() {
  alignas(16) static char zeros[1 << 20];
  alignas(16) static char noise[1 << 20];
  std::memset(noise, 0xa5, sizeof noise);
  Exact<float> values(32 * 32 * 2 + 64 * 64);
  const float affine[6] = {1, 0, 0, 0, 1, 0};
  lunula_session *const wrong[] = {nullptr, reinterpret_cast<lunula_session *>(zeros),
                                   reinterpret_cast<lunula_session *>(noise),
                                   reinterpret_cast<lunula_session *>(noise + 1)};
  for (lunula_session *session : wrong) {
    CHECK(lunula_decode_heatmap(session, 0, values.data(), values.data(), 1, 1, affine) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_set_regions(session, nullptr, 0) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_plan_patches(session, 1) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_plan_patches_again(session, 1) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_store_patches(session, 0, 0, values.data(), values.data(), values.data(), nullptr) ==
          LUNULA_BAD_ARGUMENT);
    CHECK(lunula_decode_patches(session) == LUNULA_BAD_ARGUMENT);
    CHECK(lunula_candidates(session) == nullptr && lunula_patch_affines(session) == nullptr);
    CHECK(lunula_nails(session) == nullptr && lunula_masks(session) == nullptr && lunula_contours(session) == nullptr);
  }
}

constexpr float kFit[6] = {1, 0, 0, 0, 1, 0};

static void null_pointers() {
  Arena arena;
  float values[6] = {1, 0, 0, 0, 1, 0};
  int32_t size[2];
  uint8_t pixel[4] = {};
  CHECK(lunula_segment_size(64, 64, 256, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_segment_size(64, 64, 256, size) == LUNULA_OK);
  CHECK(lunula_first_pass_roi(64, 64, nullptr, 0, -1, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_first_pass_roi(64, 64, nullptr, 5, -1, values) == LUNULA_OK && values[2] == 64);
  CHECK(lunula_first_pass_roi(64, 64, nullptr, -1, -1, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_second_look_roi(64, 64, nullptr, 0, nullptr) == LUNULA_BAD_ARGUMENT);
  lunula_hand hand = {1, 0, 0, 64, 64};
  CHECK(lunula_hand_roi(64, 64, nullptr, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_hand_roi(64, 64, &hand, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_hands(nullptr, values, 1, 1, kFit, 64, 64, &hand) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_hands(values, nullptr, 1, 1, kFit, 64, 64, &hand) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_hands(values, values, 1, 1, nullptr, 64, 64, &hand) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_hands(values, values, 1, 1, kFit, 64, 64, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_set_regions(arena.session, nullptr, 1) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_set_regions(arena.session, values, 3) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_set_regions(arena.session, nullptr, 0) == LUNULA_OK);
  CHECK(lunula_fit_rect(nullptr, 64, 64, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_fit_rect(values, 64, 64, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_sample(nullptr, 1, 1, 4, values, 1, 1, 1, 0, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_sample(pixel, 1, 1, 4, nullptr, 1, 1, 1, 0, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_sample(pixel, 1, 1, 4, values, 1, 1, 1, 0, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_heatmap(arena.session, 0, nullptr, values, 1, 1, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_heatmap(arena.session, 0, values, nullptr, 1, 1, values) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_heatmap(arena.session, 0, values, values, 1, 1, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_store_patches(arena.session, 0, 0, nullptr, values, values, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_store_patches(arena.session, 0, 0, values, nullptr, values, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_store_patches(arena.session, 0, 0, values, values, nullptr, nullptr) == LUNULA_BAD_ARGUMENT);
  CHECK(lunula_decode_patches(arena.session) == 0); // before the first frame
}

int main() {
  refused_arenas();
  refused_sessions();
  null_pointers();
}
