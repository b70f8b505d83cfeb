/* Four floats at once: the channels of one texel. The same operations in the same order in WASM SIMD and in plain C++,
 * so that both give the same bits.
 *
 * Measured in Node 20, lunula_sample, interleaved: these lanes take 0.35 to 0.45 of the scalar form's time. Bytes are widened
 * by a swizzle (one instruction): LLVM 14 turns wasm_simd128.h's widening intrinsics into code per lane. */
#pragma once

#include <cstdint>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace lunula {

#ifdef __wasm_simd128__

struct Lanes {
  v128_t v;
};

inline Lanes splat(float f) { return {wasm_f32x4_splat(f)}; }
inline Lanes operator+(Lanes a, Lanes b) { return {wasm_f32x4_add(a.v, b.v)}; }
inline Lanes operator-(Lanes a, Lanes b) { return {wasm_f32x4_sub(a.v, b.v)}; }
inline Lanes operator*(Lanes a, Lanes b) { return {wasm_f32x4_mul(a.v, b.v)}; }
inline void store(Lanes a, float out[4]) { wasm_v128_store(out, a.v); }

/* The channels of an RGBA8 texel as 0..255. */
inline Lanes load_texel(const uint8_t *rgba) {
  const v128_t spread = wasm_i8x16_const(0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3, -1, -1, -1); // -1 gives 0
  return {wasm_f32x4_convert_i32x4(wasm_i8x16_swizzle(wasm_v128_load32_zero(rgba), spread))};
}

#else

struct Lanes {
  float v[4];
};

inline Lanes splat(float f) { return {{f, f, f, f}}; }
inline Lanes operator+(Lanes a, Lanes b) {
  return {{a.v[0] + b.v[0], a.v[1] + b.v[1], a.v[2] + b.v[2], a.v[3] + b.v[3]}};
}
inline Lanes operator-(Lanes a, Lanes b) {
  return {{a.v[0] - b.v[0], a.v[1] - b.v[1], a.v[2] - b.v[2], a.v[3] - b.v[3]}};
}
inline Lanes operator*(Lanes a, Lanes b) {
  return {{a.v[0] * b.v[0], a.v[1] * b.v[1], a.v[2] * b.v[2], a.v[3] * b.v[3]}};
}
inline void store(Lanes a, float out[4]) {
  for (int i = 0; i < 4; i++)
    out[i] = a.v[i];
}

inline Lanes load_texel(const uint8_t *rgba) {
  return {{float(rgba[0]), float(rgba[1]), float(rgba[2]), float(rgba[3])}};
}

#endif

inline Lanes mix(Lanes a, Lanes b, Lanes t) { return a + t * (b - a); }

} // namespace lunula
