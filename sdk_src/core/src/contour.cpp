/* The trace walks from crossing to crossing through the cells between pixel centres. It holds the positive end P of the
 * crossed edge on its left and the negative end N on its right; in the cell ahead lie P + step and N + step. */
#include "contour.h"

#include <algorithm>

#include "affine.h"

namespace lunula {

constexpr int kSide = kPatchSize + 2; // a ring of background closes masks that touch the patch's border

struct Cell {
  int row, column;
};

struct Walk {
  Cell positive, negative, step;
};

static Cell operator+(Cell a, Cell b) { return {a.row + b.row, a.column + b.column}; }
static int index(Cell c) { return c.row * kSide + c.column; }

/* The ring mirrors its neighbour's value below zero, so that the outline runs exactly along the patch's border. */
static void pad(Scratch &scratch) {
  for (int r = 0; r < kSide; r++) {
    for (int c = 0; c < kSide; c++) {
      const int row = std::min(std::max(r - 1, 0), kPatchSize - 1),
                column = std::min(std::max(c - 1, 0), kPatchSize - 1);
      const float v = scratch.logits[row * kPatchSize + column];
      const bool ring = r == 0 || c == 0 || r == kSide - 1 || c == kSide - 1;
      scratch.padded[r * kSide + c] = ring ? -std::fabs(v) : v;
    }
  }
}

static Point crossing(const Scratch &scratch, const Walk &walk) {
  const float p = scratch.padded[index(walk.positive)], n = scratch.padded[index(walk.negative)];
  const float t = p / (p - n);
  const float row = float(walk.positive.row) + t * float(walk.negative.row - walk.positive.row);
  const float column = float(walk.positive.column) + t * float(walk.negative.column - walk.positive.column);
  return {column - 0.5f, row - 0.5f}; // ring removed (-1), pixel centre added (+0.5)
}

static bool positive(const Scratch &scratch, Cell c) { return scratch.padded[index(c)] > 0; }

/* The next crossing. A saddle goes by the sign of the cell's mean. */
static Walk advance(const Scratch &scratch, const Walk &walk) {
  const Cell p = walk.positive, n = walk.negative, s = walk.step, p2 = p + s, n2 = n + s;
  const Cell left = {-s.column, s.row}, right = {s.column, -s.row};
  const bool p2_in = positive(scratch, p2), n2_in = positive(scratch, n2);
  if (p2_in && !n2_in)
    return {p2, n2, s};
  const float *v = scratch.padded;
  // Diagonal by diagonal: both walks through a saddle then round alike, or a trace might never come back.
  const bool joined = (v[index(p)] + v[index(n2)]) + (v[index(n)] + v[index(p2)]) > 0;
  if (p2_in || (n2_in && joined))
    return {n2, n, right};
  return {p, p2, left};
}

/* Every loop has a crossing where the row goes from negative to positive; such crossings are walked downwards. */
static bool starts_loop(const Scratch &scratch, Cell negative) {
  return !positive(scratch, negative) && positive(scratch, negative + Cell{0, 1});
}

static Walk first_step(Cell negative) { return {negative + Cell{0, 1}, negative, {1, 0}}; }

static bool same(const Walk &a, const Walk &b) {
  return index(a.positive) == index(b.positive) && index(a.negative) == index(b.negative);
}

struct Loop {
  Walk start;
  int points;
  float area; // twice the signed area; positive around the inside
};

static Loop measure(Scratch &scratch, Cell negative) {
  Loop loop = {first_step(negative), 0, 0};
  const Point origin = crossing(scratch, loop.start);
  Point last = origin;
  Walk walk = loop.start;
  do {
    if (walk.step.row == 1)
      scratch.visited[index(walk.negative)] = 1;
    walk = advance(scratch, walk);
    const Point p = crossing(scratch, walk);
    loop.area -= (last.x - origin.x) * (p.y - origin.y) - (p.x - origin.x) * (last.y - origin.y);
    last = p;
    loop.points++;
  } while (!same(walk, loop.start));
  return loop;
}

int trace_contour(Scratch &scratch, float *points) {
  pad(scratch);
  std::fill(scratch.visited, scratch.visited + kSide * kSide, uint8_t(0));
  Loop best = {first_step({0, 0}), 0, 0};
  for (int r = 1; r < kSide - 1; r++) {
    for (int c = 0; c < kSide - 1; c++) {
      if (scratch.visited[r * kSide + c] || !starts_loop(scratch, {r, c}))
        continue;
      const Loop loop = measure(scratch, {r, c});
      if (loop.area > best.area)
        best = loop;
    }
  }
  const int count = std::min(best.points, kMaxContourPoints);
  Walk walk = best.start;
  for (int i = 0, written = 0; written < count; i++) {
    if (i == int(int64_t(written) * best.points / count)) { // evenly thinned when there are too many
      const Point p = crossing(scratch, walk);
      points[2 * written] = p.x;
      points[2 * written + 1] = p.y;
      written++;
    }
    walk = advance(scratch, walk);
  }
  return count;
}

} // namespace lunula
