/* Scalar helpers. No branch here depends on the platform, so native and WASM differ by libm's last bit at most. */
#pragma once

#include <cmath>

namespace lunula {

inline bool finite(float v) { return std::isfinite(v); }

inline float clamp(float v, float low, float high) { return v < low ? low : (v > high ? high : v); }

inline float sigmoid(float logit) { return 1.0f / (1.0f + std::exp(-logit)); }

inline float square(float v) { return v * v; }

} // namespace lunula
