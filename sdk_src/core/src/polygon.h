/* What a nail's outline says about its place and size. Points are x, y pairs; the polygon is closed implicitly. */
#pragma once

namespace lunula {

/* Area, centroid and bounding box. */
struct PolygonSummary {
  float area; // >= 0
  float centroid_x, centroid_y;
  float left, top, right, bottom;
};
PolygonSummary summarise_polygon(const float *points, int count);

/* The polygon's extent along a unit vector: the middle and the half length of its projection. */
struct Extent {
  float middle, half;
};
Extent project_polygon(const float *points, int count, float unit_x, float unit_y);

} // namespace lunula
