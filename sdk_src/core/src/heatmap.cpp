/* Pass 1 decoding: heatmap peaks and the geometry under them -> candidates in frame pixels. */
#include <algorithm>

#include "regions.h"

namespace lunula {

/* Peaks kept before suppression. A 3x3 maximum admits hundreds on noise; the best of them are enough for max_nails. */
constexpr int kMaxPeaks = 128;
constexpr float kMaxOffset = 2.0f; // cells; the network is trained near the peak, more is an error

struct Maps {
  const float *heatmap, *geometry;
  int rows, columns;
};

struct Peak {
  float logit;
  int row, column, finger;
};

/* The best finite channel of a cell; finger -1 when there is none. */
static Peak best_channel(const Maps &maps, int row, int column) {
  const float *cell = maps.heatmap + (size_t(row) * maps.columns + column) * kFingers;
  Peak best = {-INFINITY, row, column, -1};
  for (int finger = 0; finger < kFingers; finger++) {
    if (finite(cell[finger]) && cell[finger] > best.logit) {
      best.logit = cell[finger];
      best.finger = finger;
    }
  }
  return best;
}

/* Largest in its 3x3 window; of equal cells the first in raster order wins. */
static bool is_peak(const Maps &maps, const Peak &peak) {
  for (int dy = -1; dy <= 1; dy++) {
    for (int dx = -1; dx <= 1; dx++) {
      const int row = peak.row + dy, column = peak.column + dx;
      const bool inside = row >= 0 && row < maps.rows && column >= 0 && column < maps.columns;
      if ((dx == 0 && dy == 0) || !inside)
        continue;
      const float other = best_channel(maps, row, column).logit;
      const bool earlier = dy < 0 || (dy == 0 && dx < 0);
      if (earlier ? other >= peak.logit : other > peak.logit)
        return false;
    }
  }
  return true;
}

/* Keeps the list sorted, best first; equal scores stay in raster order. */
static int insert(Peak *peaks, int count, const Peak &peak) {
  int at = count;
  while (at > 0 && peaks[at - 1].logit < peak.logit)
    at--;
  if (at == kMaxPeaks)
    return count;
  const int last = std::min(count, kMaxPeaks - 1);
  std::copy_backward(peaks + at, peaks + last, peaks + last + 1);
  peaks[at] = peak;
  return last + 1;
}

static int find_peaks(const Maps &maps, Peak *peaks) {
  const float threshold = spec::nail_heatmap::peak_threshold;
  const float least = std::log(threshold / (1 - threshold));
  int count = 0;
  for (int row = 0; row < maps.rows; row++) {
    for (int column = 0; column < maps.columns; column++) {
      const Peak peak = best_channel(maps, row, column);
      if (peak.finger >= 0 && peak.logit >= least && is_peak(maps, peak))
        count = insert(peaks, count, peak);
    }
  }
  return count;
}

static float wrap_half_turn(float angle) {
  const float pi = 3.14159265358979f;
  return angle - pi * std::floor(angle / pi + 0.5f); // [-pi/2, pi/2)
}

/* False when the geometry under the peak is not finite or no nail could have it. */
static bool read_candidate(const Maps &maps, const Peak &peak, const float affine[6], lunula_candidate &out) {
  const float *g = maps.geometry + (size_t(peak.row) * maps.columns + peak.column) * kGeometryChannels;
  for (int i = 0; i < kGeometryChannels; i++)
    if (!finite(g[i]))
      return false;
  const float stride = spec::nail_heatmap::stride, unit = spec::nail_heatmap::size_unit;
  const Point center = {(float(peak.column) + 0.5f + clamp(g[0], -kMaxOffset, kMaxOffset)) * stride,
                        (float(peak.row) + 0.5f + clamp(g[1], -kMaxOffset, kMaxOffset)) * stride};
  const float length = std::exp(g[2]) * unit, width = std::exp(g[3]) * unit; // input pixels
  const float most = 4 * stride * float(std::max(maps.rows, maps.columns));
  if (!(length >= 1 && length <= most && width >= 1 && width <= most))
    return false;

  const float axis = 0.5f * std::atan2(g[5], g[4]);
  const Point axis_in_frame = apply_linear(affine, {std::cos(axis), std::sin(axis)});
  const Point center_in_frame = apply(affine, center);
  const float scale = mean_scale(affine);
  out = {peak.finger,
         sigmoid(peak.logit),
         center_in_frame.x,
         center_in_frame.y,
         length * scale,
         width * scale,
         wrap_half_turn(std::atan2(axis_in_frame.y, axis_in_frame.x)),
         0};
  return finite(out.center_x) && finite(out.center_y) && finite(out.length) && finite(out.width) && finite(out.axis);
}

/* Two peaks of one nail: the centre lies within half the better one's width. */
static bool same_nail(const lunula_candidate &candidate, const lunula_candidate &better) {
  const float distance2 = square(candidate.center_x - better.center_x) + square(candidate.center_y - better.center_y);
  return distance2 < square(0.5f * better.width);
}

/* Adds a candidate to the sorted list, best first, unless a better one is the same nail; worse ones that are the same
 * nail go. Candidates of one look come best first, those of a later look anywhere between. */
static int add(lunula_candidate *list, int count, const lunula_candidate &candidate) {
  int at = 0;
  while (at < count && list[at].score >= candidate.score)
    if (same_nail(candidate, list[at++]))
      return count;
  lunula_candidate *end = std::remove_if(list + at, list + count,
                                         [&](const lunula_candidate &worse) { return same_nail(worse, candidate); });
  if (at == kMaxNails)
    return count;
  count = std::min(int(end - list), kMaxNails - 1);
  std::copy_backward(list + at, list + count, list + count + 1);
  list[at] = candidate;
  return count + 1;
}

} // namespace lunula

extern "C" int32_t lunula_decode_heatmap(lunula_session *session, int32_t look, const float *heatmap,
                                         const float *geometry, int32_t rows, int32_t columns, const float affine[6]) {
  using namespace lunula;
  constexpr int kMaxCells = kMaxInputSide / spec::nail_heatmap::stride;
  if (!is_session(session))
    return LUNULA_BAD_ARGUMENT;
  session->patch_count = session->nail_count = 0;
  if (look == 0)
    session->candidate_count = 0; // a failed call leaves nothing of the last frame
  session->from_queries = false;
  if (look < 0 || heatmap == nullptr || geometry == nullptr || affine == nullptr || rows < 1 || rows > kMaxCells ||
      columns < 1 || columns > kMaxCells || !finite(affine) || !(mean_scale(affine) > 0))
    return LUNULA_BAD_ARGUMENT;

  const Maps maps = {heatmap, geometry, rows, columns};
  Peak peaks[kMaxPeaks];
  const int peak_count = find_peaks(maps, peaks);
  int count = session->candidate_count;
  for (int i = 0; i < peak_count; i++) {
    lunula_candidate candidate;
    if (!read_candidate(maps, peaks[i], affine, candidate))
      continue;
    candidate.hand = nearest_region(*session, {candidate.center_x, candidate.center_y});
    count = add(session->candidates, count, candidate);
  }
  session->candidate_count = count;
  return count;
}
