/* libFuzzer target: the input's bytes become sizes, affines and network outputs. */
#include <cstring>

#include "pipeline.h"

/* Reads the input round and round; half of the floats are raw bits, the rest lie where networks' outputs do. */
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
  float number(bool raw_bits) { return raw_bits ? raw() : (float(byte()) - 128) / 16; }
};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Bytes bytes = {data, size};
  static Arena arena;
  const int mode = bytes.byte(), rows = 1 + bytes.byte() % 12, columns = 1 + bytes.byte() % 12;
  float affine[6] = {1, 0, 0, 0, 1, 0};
  if (mode & 1)
    for (float &v : affine)
      v = bytes.number(mode & 2);

  int32_t input[2];
  float rect[4] = {bytes.number(mode & 4), bytes.number(mode & 4), bytes.number(mode & 4), bytes.number(mode & 4)};
  float fitted[6];
  if (lunula_segment_size(rect[2] * 64, rect[3] * 64, bytes.number(mode & 4) * 100, input) == LUNULA_OK) {
    CHECK(input[0] >= 64 && input[0] % 64 == 0 && input[1] >= 64 && input[1] % 64 == 0);
    lunula_fit_rect(rect, input[0], input[1], fitted);
  }

  const int width = 1 + bytes.byte() % 9, height = 1 + bytes.byte() % 9;
  Exact<uint8_t> frame(size_t(width * height * 4), 77);
  Exact<float> sampled(7 * 5 * 3);
  lunula_sample(frame.data(), width, height, width * 4, affine, 1, 7, 5, mode & 1, sampled.data());

  lunula_hand hands[2];
  Exact<float> scores(size_t(rows * columns)), boxes(size_t(rows * columns * 4));
  for (int i = 0; i < rows * columns; i++) {
    scores.data()[i] = bytes.number(mode & 8);
    for (int j = 0; j < 4; j++)
      boxes.data()[4 * i + j] = bytes.number(mode & 8);
  }
  const int found = lunula_decode_hands(scores.data(), boxes.data(), rows, columns, affine, 640, 480, hands);
  for (int i = 0; i < found; i++) {
    CHECK(hands[i].left >= 0 && hands[i].right <= 640 && hands[i].left < hands[i].right);
    CHECK(lunula_hand_roi(640, 480, &hands[i], rect) == LUNULA_OK && rect[2] >= 64 && rect[3] >= 64);
    lunula_set_regions(arena.session, rect, 1);
  }

  const auto fill = [&](float *out, size_t n) {
    const bool raw_bits = (bytes.byte() & 7) == 0;
    const float scale = mode & 8 ? 0.125f : 1; // boxes and tips lie in 0..1
    for (size_t i = 0; i < n; i++)
      out[i] = bytes.number(raw_bits) * scale;
  };
  const int nails = mode & 8 ? run_queries(arena.session, mode & 16 ? 1 : 0, columns, rows + 1, affine, fill)
                             : run_pipeline(arena.session, rows, columns, affine, fill);
  if (nails >= 0) {
    CHECK(lunula_first_pass_roi(640, 480, lunula_nails(arena.session), nails, -1, rect) == LUNULA_OK);
    CHECK(rect[0] >= 0 && rect[1] >= 0 && rect[2] >= 64 && rect[3] >= 64);
    CHECK(rect[0] + rect[2] <= 640.01f && rect[1] + rect[3] <= 480.01f);
  }
  return 0;
}
