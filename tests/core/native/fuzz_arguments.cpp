/* libFuzzer target: sizes, counts, indices and pointers that no page of ours would send. A call is refused, or works on
 * buffers of exactly the size that its arguments name, where the sanitizers watch every byte. */
#include <algorithm>
#include <cstring>
#include <limits>

#include "pipeline.h"

struct Bytes {
  const uint8_t *data;
  size_t size, at = 0;
  uint8_t byte() { return size == 0 ? 0 : data[at++ % size]; }
  float raw() {
    uint8_t bits[4] = {byte(), byte(), byte(), byte()};
    float value;
    std::memcpy(&value, bits, 4);
    return value;
  }
  /* Mostly small, now and then far out of range. */
  int32_t integer(int32_t small) {
    const int32_t extremes[] = {
        0,       -1,     std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), 16385, 65536,
        1 << 24, 1 << 30};
    const uint8_t kind = byte();
    return kind < 48 ? extremes[kind % 8] : 1 + kind % small;
  }
};

constexpr int64_t kMostBytes = 1 << 22;

static void sample(Bytes &bytes) {
  const int32_t width = bytes.integer(40), height = bytes.integer(40), out_width = bytes.integer(24),
                out_height = bytes.integer(24), count = bytes.integer(4), model = int32_t(bytes.byte() % 5) - 1;
  const int32_t stride = bytes.byte() & 1 ? bytes.integer(200) : int32_t(uint32_t(width) * 4u);
  const auto far = [](int32_t v) { return v < 1 || v > 16384; };
  const bool refused = far(width) || far(height) || far(out_width) || far(out_height) || count < 0 || count > 1000 ||
                       stride < width * int64_t(4) || stride > 16384 * 8;
  const int64_t frame = refused ? 0 : int64_t(stride) * height;
  const int64_t out = refused ? 0 : int64_t(count) * out_width * out_height * 12;
  if (frame > kMostBytes || out > kMostBytes)
    return; /* accepted or not, it would need buffers of that size */
  Exact<uint8_t> pixels(size_t(frame) + 1, 77);
  Exact<float> affines((refused ? 0 : size_t(count)) * 6 + 1), result(size_t(out / 4) + 1);
  for (size_t i = 0; i < affines.size; i++)
    affines.data()[i] = bytes.byte() & 3 ? float(int(bytes.byte()) - 100) / 8 : bytes.raw();
  const int32_t done = lunula_sample(pixels.data(), width, height, stride, affines.data(), count, out_width, out_height,
                                     model, result.data());
  CHECK(!refused || done < 0);
  CHECK(lunula_sample(nullptr, width, height, stride, affines.data(), count, out_width, out_height, model,
                      result.data()) < 0);
}

static void first_pass_roi(Bytes &bytes) {
  const int32_t count = bytes.integer(40), width = bytes.integer(255), height = bytes.integer(255);
  const size_t there = count > 0 && count <= nail_patch::max_nails ? size_t(count) : 0;
  Exact<lunula_nail> nails(there + 1);
  std::memset(nails.data(), 0, nails.size * sizeof(lunula_nail));
  for (size_t i = 0; i < there; i++)
    for (size_t k = 0; k < sizeof(lunula_nail) / 4; k++) {
      const float value = bytes.byte() & 7 ? float(bytes.byte()) * 4 : bytes.raw();
      std::memcpy(reinterpret_cast<uint8_t *>(nails.data() + i) + 4 * k, &value, 4);
    }
  float rect[4];
  const bool again = bytes.byte() & 1;
  if ((again ? lunula_second_look_roi(width, height, nails.data(), count, rect)
             : lunula_first_pass_roi(width, height, nails.data(), count, bytes.integer(3), rect)) == LUNULA_OK) {
    for (float value : rect)
      CHECK(std::isfinite(value));
    CHECK(rect[0] >= 0 && rect[1] >= 0 && rect[2] > 0 && rect[3] > 0);
    CHECK(double(rect[0]) + rect[2] <= width * 1.001 && double(rect[1]) + rect[3] <= height * 1.001);
  }
}

static void sizes(Bytes &bytes) {
  int32_t input[2];
  float rect[4] = {bytes.raw(), bytes.raw(), bytes.raw(), bytes.raw()}, affine[6];
  if (lunula_segment_size(bytes.raw(), bytes.raw(), bytes.raw(), input) == LUNULA_OK)
    CHECK(input[0] >= 64 && input[0] % 64 == 0 && input[1] >= 64 && input[1] % 64 == 0);
  if (lunula_fit_rect(rect, bytes.integer(255), bytes.integer(255), affine) == LUNULA_OK)
    for (float value : affine)
      CHECK(std::isfinite(value));
}

static void session(Bytes &bytes) {
  const size_t whole = lunula_arena_bytes(), size = bytes.byte() & 1 ? whole : whole * bytes.byte() / 256;
  alignas(16) static uint8_t memory[1 << 24];
  CHECK(whole + 16 <= sizeof(memory));
  uint8_t *arena = memory + (bytes.byte() & 1 ? bytes.byte() % 16 : 0);
  lunula_session *made = lunula_session_init(arena, size);
  CHECK((made != nullptr) == (size >= whole && (arena - memory) % 16 == 0));
  if (!made)
    return;
  /* Calls out of order, with counts of anything. */
  Exact<float> few(64, 0.f);
  const float affine[6] = {1, 0, 0, 0, 1, 0};
  const int32_t rows = bytes.integer(2), columns = bytes.integer(2);
  if (bytes.byte() & 1)
    lunula_plan_patches(made, 1);
  if (int64_t(rows) * columns <= 4 || rows < 0 || columns < 0)
    lunula_decode_heatmap(made, bytes.integer(2), few.data(), few.data(), rows, columns, affine);
  if (bytes.byte() & 1)
    lunula_plan_patches_again(made, bytes.integer(3));
  const int32_t patches = lunula_plan_patches(made, bytes.integer(2));
  for (int32_t i = 0; i < 6 * patches; i++)
    CHECK(std::isfinite(lunula_patch_affines(made)[i]));
  const int32_t start = bytes.integer(3), count = bytes.integer(2);
  Exact<float> keypoints(size_t(2) * kKeypointFloats, 1.f), masks(size_t(2) * kPlane, 1.f), confidence(2, 1.f);
  if (count <= 2 || count > nail_patch::max_nails)
    lunula_store_patches(made, start, count, keypoints.data(), masks.data(), confidence.data(), nullptr);
  const int32_t queries = bytes.integer(2), side = bytes.integer(8);
  if (queries < 2 && side < 8) /* what is refused needs no buffers */
    lunula_store_queries(made, bytes.integer(2), few.data(), few.data(), masks.data(), few.data(), few.data(), queries,
                         side, affine, 0.5f);
  int32_t kept[nail_patch::max_nails];
  if (queries < 16)
    CHECK(lunula_keep_queries(few.data(), few.data(), queries, 0.5f, kept) <= std::max(queries, 0));
  CHECK(lunula_keep_queries(few.data(), nullptr, 1, 0.5f, kept) < 0);
  CHECK(lunula_store_queries(made, 0, few.data(), few.data(), nullptr, few.data(), few.data(), 1, 8, affine, 0.5f) < 0);
  CHECK(lunula_store_patches(made, 0, 1, nullptr, masks.data(), confidence.data(), nullptr) < 0);
  lunula_decode_patches(made);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Bytes bytes = {data, size};
  switch (bytes.byte() % 4) {
  case 0:
    sample(bytes);
    break;
  case 1:
    first_pass_roi(bytes);
    break;
  case 2:
    sizes(bytes);
    break;
  default:
    session(bytes);
  }
  return 0;
}
