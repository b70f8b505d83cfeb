/* The least a native test needs: a check that says where it failed, and memory of exactly the stated size, so that
 * AddressSanitizer sees the first byte beyond. */
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

#include "lunula_core.h"

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                               \
      std::abort();                                                                                                    \
    }                                                                                                                  \
  } while (0)

template <typename T> struct Exact {
  std::unique_ptr<T[]> memory;
  size_t size;
  explicit Exact(size_t n, T value = T()) : memory(new T[n]), size(n) {
    for (size_t i = 0; i < n; i++)
      memory[i] = value;
  }
  T *data() { return memory.get(); }
  T &operator[](size_t i) { return memory[i]; }
};

/* An arena of exactly lunula_arena_bytes() with a session in it. */
struct Arena {
  size_t bytes = lunula_arena_bytes();
  void *memory = std::aligned_alloc(16, (bytes + 15) / 16 * 16);
  lunula_session *session = lunula_session_init(memory, bytes);
  Arena() { CHECK(session != nullptr); }
  ~Arena() { std::free(memory); }
};

/* Deterministic noise (xorshift32; Marsaglia 2003). */
struct Noise {
  uint32_t state = 2463534242u;
  uint32_t next() {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
  }
  float uniform(float low, float high) { return low + (high - low) * float(next() >> 8) / 16777216.0f; }
};
