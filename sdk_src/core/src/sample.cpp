/* Frame -> network input: an affine warp with bilinear taps, averaged where the image shrinks. */
#include <algorithm>

#include "affine.h"
#include "bounds.h"
#include "lanes.h"
#include "lunula_core.h"

namespace lunula {

struct Frame {
  const uint8_t *rgba;
  int width, height;
  size_t stride;
};

/* Sum over taps; weight falls short of their number by what lies outside the frame. */
struct Sum {
  Lanes color; // 0..255
  float weight;
};

static const uint8_t *texel(const Frame &frame, int x, int y) {
  return frame.rgba + size_t(y) * frame.stride + size_t(x) * 4;
}

static void add_texel_at_border(const Frame &frame, int x, int y, float weight, Sum &sum) {
  if (x < 0 || y < 0 || x >= frame.width || y >= frame.height)
    return;
  sum.color = sum.color + splat(weight) * load_texel(texel(frame, x, y));
  sum.weight += weight;
}

/* u, v: frame position with texel centres at whole numbers. */
static void add_tap_at_border(const Frame &frame, float u, float v, Sum &sum) {
  if (!(u > -1 && v > -1 && u < float(frame.width) && v < float(frame.height)))
    return; // also keeps the conversions below in range
  const float u0 = std::floor(u), v0 = std::floor(v), fu = u - u0, fv = v - v0;
  const int x = int(u0), y = int(v0);
  add_texel_at_border(frame, x, y, (1 - fu) * (1 - fv), sum);
  add_texel_at_border(frame, x + 1, y, fu * (1 - fv), sum);
  add_texel_at_border(frame, x, y + 1, (1 - fu) * fv, sum);
  add_texel_at_border(frame, x + 1, y + 1, fu * fv, sum);
}

static void add_tap(const Frame &frame, float u, float v, Sum &sum) {
  const bool interior = u >= 0 && v >= 0 && u < float(frame.width - 1) && v < float(frame.height - 1);
  if (!interior)
    return add_tap_at_border(frame, u, v, sum);
  const int x = int(u), y = int(v);
  const Lanes fu = splat(u - float(x)), fv = splat(v - float(y));
  const uint8_t *top = texel(frame, x, y), *bottom = top + frame.stride;
  const Lanes above = mix(load_texel(top), load_texel(top + 4), fu);
  const Lanes below = mix(load_texel(bottom), load_texel(bottom + 4), fu);
  sum.color = sum.color + mix(above, below, fv);
  sum.weight += 1;
}

/* Taps a side: one a frame pixel that the output pixel spans. The tolerance keeps a rotation of scale 1 at one tap. */
static int tap_count(const float m[6]) {
  const float span = std::sqrt(std::max(square(m[0]) + square(m[3]), square(m[1]) + square(m[4])));
  return int(clamp(std::ceil(span - 1e-3f), 1, kMaxTaps));
}

struct Scaling {
  float gain[3], offset[3]; // out = gain * sum - offset * weight
};

static Scaling scaling(int model, int taps) {
  const float *means[] = {spec::nail_heatmap::mean, spec::nail_patch::mean, spec::hand_detector::mean};
  const float *deviations[] = {spec::nail_heatmap::std, spec::nail_patch::std, spec::hand_detector::std};
  const float *mean = means[model], *deviation = deviations[model];
  Scaling s;
  for (int i = 0; i < 3; i++) {
    s.gain[i] = 1 / (255 * deviation[i] * float(taps * taps));
    s.offset[i] = mean[i] / (deviation[i] * float(taps * taps));
  }
  return s;
}

static void sample_image(const Frame &frame, const float m[6], int width, int height, int model, float *out) {
  const int taps = tap_count(m);
  const Scaling scale = scaling(model, taps);
  const float step = 1 / float(taps);
  for (int row = 0; row < height; row++) {
    for (int column = 0; column < width; column++, out += 3) {
      Sum sum = {splat(0), 0};
      for (int i = 0; i < taps; i++) {
        for (int j = 0; j < taps; j++) {
          const Point p = {float(column) + (float(j) + 0.5f) * step, float(row) + (float(i) + 0.5f) * step};
          const Point q = apply(m, p);
          add_tap(frame, q.x - 0.5f, q.y - 0.5f, sum);
        }
      }
      float color[4];
      store(sum.color, color);
      for (int channel = 0; channel < 3; channel++)
        out[channel] = color[channel] * scale.gain[channel] - sum.weight * scale.offset[channel];
    }
  }
}

/* The taps of one output column or row along one axis, gathered by texel: neighbouring taps share theirs. */
struct Gathered {
  int first, count;            // texels
  float weights[kMaxTaps + 2]; // of first, first + 1, ...; 0 outside of the frame
  float sum;
};

/* Frame position = scale * output position + shift; size: texels of the frame along this axis. */
static Gathered gather(int output, float scale, float shift, int taps, int size) {
  Gathered g = {};
  const float step = 1 / float(taps);
  for (int i = 0; i < taps; i++) {
    const float u = scale * (float(output) + (float(i) + 0.5f) * step) + shift - 0.5f;
    const float u0 = std::floor(u), fraction = u - u0;
    const int x = int(u0);
    if (i == 0)
      g.first = x;
    const int at = x - g.first; // at most i + 1: taps are a texel apart, or a thousandth more
    if (x >= 0 && x < size)
      g.weights[at] += 1 - fraction;
    if (x + 1 >= 0 && x + 1 < size)
      g.weights[at + 1] += fraction;
    g.count = at + 2;
  }
  for (int i = 0; i < g.count; i++)
    g.sum += g.weights[i];
  return g;
}

/* Output columns, and frame texels under them, that are computed together. */
constexpr int kBlock = 64, kBlockTexels = kBlock * kMaxTaps + 3;

/* Whether output and frame lie alike (regions do, patches are turned), nowhere near the limits of int and float. */
static bool is_upright(const float m[6], int width, int height) {
  constexpr float far = 1 << 20;
  const Point end = apply(m, {float(width), float(height)});
  return m[1] == 0 && m[3] == 0 && m[0] > 0 && m[4] > 0 && std::max(m[0], m[4]) <= float(kMaxTaps) &&
         std::fabs(m[2]) < far && std::fabs(m[5]) < far && end.x < far && end.y < far;
}

/* sample_image where both axes are independent: first down the columns of the frame, then along the row. Interleaved in
 * Node, a region of a 640x480 frame at tier 256: 0.06 to 0.35 of the time of a tap after the other. */
static void sample_upright(const Frame &frame, const float m[6], int width, int height, int model, float *out) {
  const int taps = tap_count(m);
  const Scaling scale = scaling(model, taps);
  Gathered columns[kBlock];
  Lanes line[kBlockTexels];
  for (int block = 0; block < width; block += kBlock) {
    const int count = std::min(kBlock, width - block);
    for (int i = 0; i < count; i++)
      columns[i] = gather(block + i, m[0], m[2], taps, frame.width);
    const int first = columns[0].first, end = columns[count - 1].first + columns[count - 1].count;
    const int inner_first = std::max(first, 0), inner_end = std::min(end, frame.width);
    std::fill(line, line + (end - first), splat(0));
    for (int row = 0; row < height; row++) {
      const Gathered rows = gather(row, m[4], m[5], taps, frame.height);
      Lanes weights[kMaxTaps + 2];
      const uint8_t *texels[kMaxTaps + 2];
      int used = 0;
      for (int i = 0; i < rows.count; i++) {
        if (rows.weights[i] == 0)
          continue;
        weights[used] = splat(rows.weights[i]);
        texels[used++] = texel(frame, 0, rows.first + i);
      }
      for (int x = inner_first; x < inner_end; x++) {
        Lanes sum = splat(0);
        for (int i = 0; i < used; i++)
          sum = sum + weights[i] * load_texel(texels[i] + size_t(x) * 4);
        line[x - first] = sum;
      }
      float *target = out + (size_t(row) * width + block) * 3;
      for (int column = 0; column < count; column++, target += 3) {
        const Gathered &g = columns[column];
        Lanes sum = splat(0);
        for (int i = 0; i < g.count; i++)
          sum = sum + splat(g.weights[i]) * line[g.first - first + i];
        float color[4];
        store(sum, color);
        const float weight = g.sum * rows.sum;
        for (int channel = 0; channel < 3; channel++)
          target[channel] = color[channel] * scale.gain[channel] - weight * scale.offset[channel];
      }
    }
  }
}

static bool between(int32_t v, int32_t low, int32_t high) { return v >= low && v <= high; }

} // namespace lunula

extern "C" int32_t lunula_sample(const uint8_t *rgba, int32_t frame_width, int32_t frame_height, int32_t stride,
                                 const float *affines, int32_t count, int32_t out_width, int32_t out_height,
                                 int32_t model, float *out) {
  using namespace lunula;
  if (rgba == nullptr || affines == nullptr || out == nullptr || !between(frame_width, 1, kMaxFrameSide) ||
      !between(frame_height, 1, kMaxFrameSide) || !between(stride, frame_width * 4, kMaxFrameSide * 8) ||
      !between(count, 0, kMaxNails) || !between(out_width, 1, kMaxInputSide) ||
      !between(out_height, 1, kMaxInputSide) || !between(model, 0, 2) ||
      int64_t(count) * out_width * out_height > kMaxOutputPixels)
    return LUNULA_BAD_ARGUMENT;
  for (int i = 0; i < count; i++)
    if (!finite(affines + 6 * i))
      return LUNULA_BAD_ARGUMENT;
  const Frame frame = {rgba, frame_width, frame_height, size_t(stride)};
  for (int i = 0; i < count; i++) {
    const float *m = affines + 6 * i;
    const auto sample = is_upright(m, out_width, out_height) ? sample_upright : sample_image;
    sample(frame, m, out_width, out_height, model, out + size_t(i) * out_width * out_height * 3);
  }
  return count;
}
