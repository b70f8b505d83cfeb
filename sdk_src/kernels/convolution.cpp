// Convolutions on the memory of TensorFlow.js's WASM backend, NHWC, float32, for what the networks are made of.
//
// They stand in the place of XNNPACK's (TensorFlow.js 4.22), which has no fused multiply-add in WASM and reads every input of
// a depthwise convolution once a tap. Pass 1 at 256x256 and pass 2 of five patches together took 14.3 ms there (Node 20, one
// Xeon core), take 11.0 here and 8.9 with relaxed SIMD. Nothing here needs a stack or holds data, as the memory belongs to
// another module.
//
// Everywhere: x, weights, bias, out: float32 in NHWC and HWIO; bias may be null; results are clamped to low .. high;
// scratch: memory as told by each function, in floats.

#include <wasm_simd128.h>

namespace {

using Floats = v128_t;

#ifdef LUNULA_RELAXED
// Clang 14 knows the instruction by an older number: site_scons/site_tools/wasm_kernels.py puts it in the place of the call.
extern "C" __attribute__((import_module("simd"), import_name("relaxed_madd"), const))
Floats relaxed_madd(Floats, Floats, Floats);
inline Floats madd(Floats a, Floats b, Floats sum) { return relaxed_madd(a, b, sum); }
#else
inline Floats madd(Floats a, Floats b, Floats sum) { return wasm_f32x4_add(wasm_f32x4_mul(a, b), sum); }
#endif

inline Floats clamped(Floats x, float low, float high) {
  return wasm_f32x4_pmin(wasm_f32x4_splat(high), wasm_f32x4_pmax(wasm_f32x4_splat(low), x));
}

inline int larger(int a, int b) { return a > b ? a : b; }

void zero(float *to, int count) {
  for (int i = 0; i < count; i++)
    to[i] = 0;
}

void copy(float *to, const float *from, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4)
    wasm_v128_store(to + i, wasm_v128_load(from + i));
  for (; i < count; i++)
    to[i] = from[i];
}

// A panel: `width` columns of the bias, then of [depth, columns] weights, from column `at` on; zeros beyond the last.
void pack(const float *weights, const float *bias, int depth, int columns, int at, int width, float *panel) {
  for (int k = -1; k < depth; k++, panel += width) {
    const float *from = k < 0 ? bias : weights + k * columns;
    if (from && at + width <= columns) {
      copy(panel, from + at, width);
    } else {
      for (int i = 0; i < width; i++)
        panel[i] = from && at + i < columns ? from[at + i] : 0;
    }
  }
}

// R rows, `step` apart, times a panel of 4 * C columns, of which `used` are stored in rows of `columns`. A row is so many
// `segments` of `length` floats, `segment_step` apart. (No struct of these four: it would need a stack.)
template <int R, int C>
inline void tile(const float *x, int step, int segments, int segment_step, int length, const float *panel, float low,
                 float high, float *out, int columns, int used) {
  Floats sum[R][C];
#pragma unroll
  for (int r = 0; r < R; r++) {
#pragma unroll
    for (int c = 0; c < C; c++)
      sum[r][c] = wasm_v128_load(panel + 4 * c);
  }
  const float *weight = panel + 4 * C;
  for (int s = 0; s < segments; s++, x += segment_step) {
    for (int k = 0; k < length; k++, weight += 4 * C) {
#pragma unroll
      for (int r = 0; r < R; r++) {
        const Floats value = wasm_v128_load32_splat(x + r * step + k);
#pragma unroll
        for (int c = 0; c < C; c++)
          sum[r][c] = madd(value, wasm_v128_load(weight + 4 * c), sum[r][c]);
      }
    }
  }
#pragma unroll
  for (int r = 0; r < R; r++) {
#pragma unroll
    for (int c = 0; c < C; c++) {
      const Floats y = clamped(sum[r][c], low, high);
      float *to = out + r * columns + 4 * c;
      const int left = used - 4 * c;
      if (left >= 4) {
        wasm_v128_store(to, y);
      } else {
        if (left > 0)
          wasm_v128_store32_lane(to, y, 0);
        if (left > 1)
          wasm_v128_store32_lane(to + 1, y, 1);
        if (left > 2)
          wasm_v128_store32_lane(to + 2, y, 2);
      }
    }
  }
}

// Four rows by eight columns: 8 sums, and what is multiplied fits into the 16 registers that a browser has.
constexpr int ROWS = 4;
constexpr int COLUMNS = 8;

// `count` rows times one panel of `used` columns.
template <int C>
inline void panel_rows(const float *x, int count, int step, int segments, int segment_step, int length,
                       const float *panel, float low, float high, float *out, int columns, int used) {
  int r = 0;
  for (; r + ROWS <= count; r += ROWS) {
    tile<ROWS, C>(x + r * step, step, segments, segment_step, length, panel, low, high, out + r * columns, columns,
                  used);
  }
  for (; r < count; r++)
    tile<1, C>(x + r * step, step, segments, segment_step, length, panel, low, high, out + r * columns, columns, used);
}

// The taps of X neighbouring outputs, four channels of each. ring: SIZE rows of the padded input; from, to: the filter's
// rows that lie in the picture, its row 0 at the input's row `first`.
template <int SIZE, int STRIDE, int X>
inline void taps(const float *ring, int row_floats, int channels, int first, int from, int to, const float *weights,
                 const float *bias, float low, float high, float *out) {
  Floats sum[X];
#pragma unroll
  for (int i = 0; i < X; i++)
    sum[i] = bias ? wasm_v128_load(bias) : wasm_f32x4_splat(0);
  for (int down = from; down < to; down++) {
    const float *row = ring + (first + down) % SIZE * row_floats;
    const float *weight = weights + down * SIZE * channels;
#pragma unroll
    for (int right = 0; right < SIZE; right++) {
      const Floats tap = wasm_v128_load(weight + right * channels);
#pragma unroll
      for (int i = 0; i < X; i++) {
        sum[i] = madd(wasm_v128_load(row + (i * STRIDE + right) * channels), tap, sum[i]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < X; i++)
    wasm_v128_store(out + i * channels, clamped(sum[i], low, high));
}

// One picture. Neighbouring outputs share their inputs' loads, which is what a depthwise convolution spends its time on.
template <int SIZE, int STRIDE>
void depthwise_picture(const float *x, int height, int width, int channels, int top, int left, int out_height,
                       int out_width, const float *weights, const float *bias, float low, float high, float *ring,
                       float *out) {
  const int row_floats = larger((out_width - 1) * STRIDE + SIZE, left + width) * channels;
  zero(ring, SIZE * row_floats);
  int loaded = 0;
  for (int y = 0; y < out_height; y++) {
    const int first = y * STRIDE - top;
    const int from = first < 0 ? -first : 0;
    const int to = first + SIZE > height ? height - first : SIZE;
    for (; loaded < first + to; loaded++) {
      copy(ring + loaded % SIZE * row_floats + left * channels, x + loaded * width * channels, width * channels);
    }
    for (int block = 0; block < channels; block += 4) {
      const int c = block + 4 <= channels ? block : channels - 4; // some of the last are computed twice
      const float *row = ring + c;
      float *to_row = out + y * out_width * channels + c;
      const float *four = bias ? bias + c : nullptr;
      int at = 0;
      for (; at + 4 <= out_width; at += 4) {
        taps<SIZE, STRIDE, 4>(row + at * STRIDE * channels, row_floats, channels, first, from, to, weights + c, four,
                              low, high, to_row + at * channels);
      }
      for (; at < out_width; at++) {
        taps<SIZE, STRIDE, 1>(row + at * STRIDE * channels, row_floats, channels, first, from, to, weights + c, four,
                              low, high, to_row + at * channels);
      }
    }
  }
}

} // namespace

extern "C" {

// 1 x 1, stride 1: [rows, depth] times [depth, columns]. scratch: 8 * (depth + 1).
void pointwise(const float *x, int count, int depth, int columns, const float *weights, const float *bias, float low,
               float high, float *scratch, float *out) {
  for (int at = 0; at < columns; at += COLUMNS) {
    const int left = columns - at;
    pack(weights, bias, depth, columns, at, left > 4 ? 8 : 4, scratch);
    if (left > 4) {
      panel_rows<2>(x, count, depth, 1, 0, depth, scratch, low, high, out + at, columns, left);
    } else {
      panel_rows<1>(x, count, depth, 1, 0, depth, scratch, low, high, out + at, columns, left);
    }
  }
}

// 3 x 3, for few channels: the first layer. scratch: 8 * ceil(columns / 8) * (9 * channels + 1), and three padded rows of
// max((out_width - 1) * stride + 3, left + width) * channels each.
void spatial(const float *x, int batch, int height, int width, int channels, int stride, int top, int left,
             int out_height, int out_width, int columns, const float *weights, const float *bias, float low, float high,
             float *scratch, float *out) {
  constexpr int SIZE = 3;
  const int depth = SIZE * SIZE * channels;
  const int panel_floats = (depth + 1) * COLUMNS;
  float *padded = scratch;
  for (int at = 0; at < columns; at += COLUMNS, padded += panel_floats) {
    pack(weights, bias, depth, columns, at, COLUMNS, padded);
  }
  const int row_floats = larger((out_width - 1) * stride + SIZE, left + width) * channels;
  zero(padded, SIZE * row_floats);
  for (int n = 0; n < batch; n++, x += height * width * channels) {
    for (int y = 0; y < out_height; y++, out += out_width * columns) {
      for (int down = 0; down < SIZE; down++) {
        const int from = y * stride - top + down;
        float *to = padded + down * row_floats + left * channels;
        if (from < 0 || from >= height) {
          zero(to, width * channels);
        } else {
          copy(to, x + from * width * channels, width * channels);
        }
      }
      const float *panel = scratch;
      for (int at = 0; at < columns; at += COLUMNS, panel += panel_floats) {
        panel_rows<2>(padded, out_width, stride * channels, SIZE, row_floats, SIZE * channels, panel, low, high,
                      out + at, columns, columns - at);
      }
    }
  }
}

// size x size (3 or 5), stride 1 or 2, at least four channels. scratch: size padded rows of
// max((out_width - 1) * stride + size, left + width) * channels each.
void depthwise(const float *x, int batch, int height, int width, int channels, int size, int stride, int top, int left,
               int out_height, int out_width, const float *weights, const float *bias, float low, float high,
               float *scratch, float *out) {
  for (int n = 0; n < batch; n++) {
    if (size == 3 && stride == 1) {
      depthwise_picture<3, 1>(x, height, width, channels, top, left, out_height, out_width, weights, bias, low, high,
                              scratch, out);
    } else if (size == 3) {
      depthwise_picture<3, 2>(x, height, width, channels, top, left, out_height, out_width, weights, bias, low, high,
                              scratch, out);
    } else if (stride == 1) {
      depthwise_picture<5, 1>(x, height, width, channels, top, left, out_height, out_width, weights, bias, low, high,
                              scratch, out);
    } else {
      depthwise_picture<5, 2>(x, height, width, channels, top, left, out_height, out_width, weights, bias, low, high,
                              scratch, out);
    }
    x += height * width * channels;
    out += out_height * out_width * channels;
  }
}
}
