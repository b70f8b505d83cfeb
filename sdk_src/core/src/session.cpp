/* Arena layout and the views into it. */
#include "session.h"

#include <algorithm>
#include <new>

#include "numeric.h"

namespace lunula {

constexpr uint32_t kMagic = 0x4c554e41; // "LUNA"
constexpr size_t kAlignment = 16;

static_assert(alignof(lunula_session) <= kAlignment, "the arena is only 16-byte aligned");
static_assert(sizeof(lunula_candidate) == 8 * 4 && sizeof(lunula_nail) == 31 * 4 && sizeof(lunula_hand) == 5 * 4,
              "TypeScript and Python read these structs as 4-byte words");

static bool aligned(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer) % kAlignment == 0; }

bool is_session(const lunula_session *session) {
  return session != nullptr && aligned(session) && session->magic == kMagic;
}

} // namespace lunula

extern "C" {

size_t lunula_arena_bytes(void) { return sizeof(lunula_session); }

lunula_session *lunula_session_init(void *arena, size_t bytes) {
  if (arena == nullptr || !lunula::aligned(arena) || bytes < sizeof(lunula_session))
    return nullptr;
  auto *session = new (arena) lunula_session(); // all zero
  session->magic = lunula::kMagic;
  session->views = 1;
  return session;
}

int32_t lunula_set_regions(lunula_session *session, const float *rects, int32_t count) {
  using namespace lunula;
  if (!is_session(session) || count < 0 || count > kMaxHands || (rects == nullptr && count > 0))
    return LUNULA_BAD_ARGUMENT;
  for (int i = 0; i < 4 * count; i++)
    if (!finite(rects[i]))
      return LUNULA_BAD_ARGUMENT;
  session->region_count = count;
  std::copy(rects, rects + 4 * count, session->regions);
  return LUNULA_OK;
}

const lunula_candidate *lunula_candidates(const lunula_session *session) {
  return lunula::is_session(session) ? session->candidates : nullptr;
}

const float *lunula_patch_affines(const lunula_session *session) {
  return lunula::is_session(session) ? session->view_affines : nullptr;
}

const lunula_nail *lunula_nails(const lunula_session *session) {
  return lunula::is_session(session) ? session->nails : nullptr;
}

const uint8_t *lunula_masks(const lunula_session *session) {
  return lunula::is_session(session) ? session->masks : nullptr;
}

const float *lunula_contours(const lunula_session *session) {
  return lunula::is_session(session) ? session->contours : nullptr;
}
}
