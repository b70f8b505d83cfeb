/* Both decodings on given outputs, with everything a page would read checked. */
#pragma once

#include <cmath>
#include <initializer_list>

#include "check.h"
#include "model_specs.h"

namespace nail_patch = lunula::spec::nail_patch;

constexpr int kGrid = nail_patch::patch_size / nail_patch::heat_stride;
constexpr int kPlane = nail_patch::patch_size * nail_patch::patch_size;
constexpr int kKeypointFloats = kGrid * kGrid * nail_patch::heat_count;

inline void check_candidates(const lunula_session *session, int count) {
  CHECK(count >= 0 && count <= nail_patch::max_nails);
  const lunula_candidate *candidates = lunula_candidates(session);
  for (int i = 0; i < count; i++) {
    const lunula_candidate &c = candidates[i];
    CHECK(c.finger >= 0 && c.finger < 5);
    CHECK(c.score >= 0.19f && c.score <= 1 && (i == 0 || c.score <= candidates[i - 1].score));
    CHECK(std::isfinite(c.center_x) && std::isfinite(c.center_y) && std::isfinite(c.axis));
    CHECK(std::isfinite(c.length) && c.length > 0 && std::isfinite(c.width) && c.width > 0);
  }
}

inline void check_nails(const lunula_session *session, int count, int patches) {
  CHECK(count >= 0 && count <= patches);
  const lunula_nail *nails = lunula_nails(session);
  for (int i = 0; i < count; i++) {
    const lunula_nail &nail = nails[i];
    CHECK(nail.finger >= 0 && nail.finger < 5);
    CHECK(nail.confidence >= lunula::spec::nail_rtdetr::outlined_threshold && nail.confidence <= 1); // the lowest
    CHECK(i == 0 || nail.confidence <= nails[i - 1].confidence);
    CHECK(nail.mask_index >= 0 && nail.mask_index < patches);
    CHECK(nail.contour_start >= 0 && nail.contour_count >= 3 && nail.contour_count <= 512);
    const float *values = &nail.center_x;
    for (int k = 0; k < 9 + 6 + 4; k++)
      CHECK(std::isfinite(values[k]));
    for (float value : nail.rotation)
      CHECK(std::isfinite(value) && value >= -1.001f && value <= 1.001f);
    const float *contour = lunula_contours(session) + 2 * nail.contour_start;
    for (int k = 0; k < 2 * nail.contour_count; k++)
      CHECK(std::isfinite(contour[k]));
    CHECK(lunula_masks(session)[size_t(nail.mask_index) * kPlane + kPlane - 1] <= 255);
  }
}

/* fill(float *, size_t) supplies the outputs of the network. */
template <typename Fill>
int run_queries(lunula_session *session, int look, int count, int side, const float affine[6], Fill fill) {
  const size_t n = size_t(count), plane = size_t(side) * size_t(side);
  Exact<float> boxes(n * 4), scores(n * 2), masks(n * plane), fingers(n * 5), tips(n * 2);
  for (Exact<float> *values : {&boxes, &scores, &masks, &fingers, &tips})
    fill(values->data(), values->size);
  const int patches =
      lunula_store_queries(session, look, boxes.data(), scores.data(), masks.data(), fingers.data(), tips.data(), count,
                           side, affine, lunula::spec::nail_rtdetr::score_threshold);
  if (patches < 0)
    return patches;
  CHECK(patches <= nail_patch::max_nails);
  const int nails = lunula_decode_patches(session);
  check_nails(session, nails, patches);
  return nails;
}

/* Pass 2 of a plan, with rotations every other batch. fill as below. */
template <typename Fill> void run_patches(lunula_session *session, int patches, int views, Fill fill) {
  const int most = nail_patch::max_batch / views * views;
  for (int start = 0; start < patches; start += most) {
    const int count = patches - start < most ? patches - start : most;
    Exact<float> keypoints(size_t(count) * kKeypointFloats), masks(size_t(count) * kPlane), confidence(count);
    Exact<float> rotations(size_t(count) * 6);
    for (Exact<float> *values : {&keypoints, &masks, &confidence, &rotations})
      fill(values->data(), values->size);
    const float *turns = start / most % 2 ? rotations.data() : nullptr;
    CHECK(lunula_store_patches(session, start, count, keypoints.data(), masks.data(), confidence.data(), turns) ==
          count);
  }
}

/* fill(float *, size_t) supplies the outputs of both networks. */
template <typename Fill>
int run_pipeline(lunula_session *session, int rows, int columns, const float affine[6], Fill fill) {
  const size_t cells = size_t(rows) * size_t(columns);
  Exact<float> heatmap(cells * 5), geometry(cells * 6);
  fill(heatmap.data(), heatmap.size);
  fill(geometry.data(), geometry.size);
  const int candidates = lunula_decode_heatmap(session, 0, heatmap.data(), geometry.data(), rows, columns, affine);
  if (candidates < 0)
    return candidates;
  check_candidates(session, candidates);
  for (int views : {1, 4, 2}) {
    const int patches = lunula_plan_patches(session, views);
    CHECK(patches == views * candidates);
    run_patches(session, patches, views, fill);
    check_nails(session, lunula_decode_patches(session), candidates);
  }
  const int again = lunula_plan_patches_again(session, 4);
  CHECK(again >= 0 && again <= 4 * candidates);
  run_patches(session, again, 4, fill);
  const int nails = lunula_decode_patches(session);
  check_nails(session, nails, candidates);
  return nails;
}
