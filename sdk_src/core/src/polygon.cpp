#include "polygon.h"

#include <algorithm>

#include "numeric.h"

namespace lunula {

PolygonSummary summarise_polygon(const float *points, int count) {
  const float x0 = points[0], y0 = points[1]; // relative to it, float32 keeps its digits in large frames
  PolygonSummary s = {0, 0, 0, x0, y0, x0, y0};
  float doubled = 0, sum_x = 0, sum_y = 0;
  for (int i = 0; i < count; i++) {
    const int j = i + 1 == count ? 0 : i + 1;
    const float ax = points[2 * i] - x0, ay = points[2 * i + 1] - y0;
    const float bx = points[2 * j] - x0, by = points[2 * j + 1] - y0;
    const float cross = ax * by - bx * ay;
    doubled += cross;
    sum_x += (ax + bx) * cross;
    sum_y += (ay + by) * cross;
    s.left = std::min(s.left, points[2 * i]);
    s.right = std::max(s.right, points[2 * i]);
    s.top = std::min(s.top, points[2 * i + 1]);
    s.bottom = std::max(s.bottom, points[2 * i + 1]);
  }
  s.area = 0.5f * std::fabs(doubled);
  s.centroid_x = x0 + sum_x / (3 * doubled);
  s.centroid_y = y0 + sum_y / (3 * doubled);
  return s;
}

Extent project_polygon(const float *points, int count, float unit_x, float unit_y) {
  float low = INFINITY, high = -INFINITY;
  for (int i = 0; i < count; i++) {
    const float along = points[2 * i] * unit_x + points[2 * i + 1] * unit_y;
    low = std::min(low, along);
    high = std::max(high, along);
  }
  return {0.5f * (low + high), 0.5f * (high - low)};
}

} // namespace lunula
