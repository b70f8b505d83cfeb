/* Pass 2 decoding: one patch's outputs -> one nail in frame pixels. */
#include <algorithm>
#include <iterator>

#include "affine.h"
#include "contour.h"
#include "keypoint.h"
#include "mask.h"
#include "patch.h"
#include "polygon.h"
#include "rotation.h"

namespace lunula {

/* Base and tip of a real nail lie at least a third of the patch apart; this near they contradict each other. */
constexpr float kLeastKeypointGap = 4.0f; // patch pixels

/* Weights of the two passes' scores, of the networks that found and filled a patch, and the least confidence. */
struct Calibration {
  float bias, peak, patch, least;
};
constexpr Calibration kStandard = {spec::nail_patch::confidence_bias, spec::nail_patch::confidence_peak,
                                   spec::nail_patch::confidence_patch, spec::nail_patch::confidence_threshold};
constexpr Calibration kRotating = {spec::nail_patch_r6d::confidence_bias, spec::nail_patch_r6d::confidence_peak,
                                   spec::nail_patch_r6d::confidence_patch, spec::nail_patch_r6d::confidence_threshold};
constexpr Calibration kQueries = {spec::nail_rtdetr::outlined_bias, spec::nail_rtdetr::outlined_query,
                                  spec::nail_rtdetr::outlined_patch, spec::nail_rtdetr::outlined_threshold};

/* The one place where a nail's confidence is made: a logistic model of what both passes say about "is it a nail"
 * (Platt scaling of two scores), fitted by `python -m models.evaluation.calibrate` (kQueries: `calibrate_rtdetr
 * --outlined`). score: of the peak or query, 0..1. */
static float nail_confidence(const Calibration &weights, float score, float confidence_logit) {
  constexpr float kCertain = 1e-6f;
  const float p = std::clamp(score, kCertain, 1 - kCertain);
  return sigmoid(weights.bias + weights.peak * std::log(p / (1 - p)) + weights.patch * confidence_logit);
}

struct Keypoints {
  Point base, tip; // patch pixels
};

/* False when they contradict each other: the nail's axis must do then. */
static bool find_keypoints(const float *heatmaps, Keypoints &out) {
  if (!find_keypoint(heatmaps, 0, out.base) || !find_keypoint(heatmaps, 1, out.tip))
    return false;
  return square(out.tip.x - out.base.x) + square(out.tip.y - out.base.y) >= square(kLeastKeypointGap);
}

static void set_direction(lunula_nail &nail, Point toward) { nail.direction = std::atan2(toward.y, toward.x); }

/* Length and width: the outline's extent along and across the direction. Returns the extent along. */
static Extent set_size(lunula_nail &nail, const float *contour) {
  const float c = std::cos(nail.direction), s = std::sin(nail.direction);
  const Extent along = project_polygon(contour, nail.contour_count, c, s);
  nail.length = 2 * along.half;
  nail.width = 2 * project_polygon(contour, nail.contour_count, -s, c).half;
  return along;
}

static void set_keypoints_from_heatmaps(lunula_nail &nail, const Keypoints &keypoints, const float *affine) {
  const Point base = apply(affine, keypoints.base), tip = apply(affine, keypoints.tip);
  nail.base_x = base.x;
  nail.base_y = base.y;
  nail.tip_x = tip.x;
  nail.tip_y = tip.y;
}

/* The outline's ends on the axis through the centre. */
static void set_keypoints_from_axis(lunula_nail &nail, Extent along) {
  const float c = std::cos(nail.direction), s = std::sin(nail.direction);
  const float center = nail.center_x * c + nail.center_y * s;
  const float to_base = along.middle - along.half - center, to_tip = along.middle + along.half - center;
  nail.base_x = nail.center_x + to_base * c;
  nail.base_y = nail.center_y + to_base * s;
  nail.tip_x = nail.center_x + to_tip * c;
  nail.tip_y = nail.center_y + to_tip * s;
}

static bool is_finite(const lunula_nail &nail) {
  const float values[] = {nail.confidence, nail.center_x, nail.center_y, nail.length, nail.width,
                          nail.direction,  nail.base_x,   nail.base_y,   nail.tip_x,  nail.tip_y};
  return std::all_of(std::begin(values), std::end(values), [](float v) { return finite(v); });
}

void decode_patch(lunula_session &session, int patch, const PatchOutputs &outputs) {
  DecodedPatch &decoded = session.patches[patch];
  decoded.usable = false;
  if (!finite(outputs.confidence))
    return;
  const float *affine = session.affines + 6 * patch;
  const int pixels = clean_mask(outputs.mask, session.scratch, session.masks + size_t(patch) * kPatchPixels);
  if (pixels < kMinMaskPixels)
    return;

  lunula_nail nail = {};
  nail.finger = session.candidates[patch].finger;
  nail.hand = session.candidates[patch].hand;
  nail.confidence = outputs.confidence;
  nail.mask_index = patch;
  nail.contour_start = patch * kMaxContourPoints;
  std::copy(affine, affine + 6, nail.mask_to_frame);

  float *contour = session.contours + 2 * nail.contour_start;
  nail.contour_count = trace_contour(session.scratch, contour);
  if (nail.contour_count < 3)
    return;
  for (int i = 0; i < nail.contour_count; i++) {
    const Point p = apply(affine, {contour[2 * i], contour[2 * i + 1]});
    contour[2 * i] = p.x;
    contour[2 * i + 1] = p.y;
  }
  const PolygonSummary outline = summarise_polygon(contour, nail.contour_count);
  nail.center_x = outline.centroid_x;
  nail.center_y = outline.centroid_y;
  const float rect[4] = {outline.left, outline.top, outline.right - outline.left, outline.bottom - outline.top};
  std::copy(rect, rect + 4, nail.rect);

  Keypoints keypoints;
  if (outputs.keypoints != nullptr && find_keypoints(outputs.keypoints, keypoints)) {
    set_direction(nail, apply_linear(affine, {keypoints.tip.x - keypoints.base.x, keypoints.tip.y - keypoints.base.y}));
    set_size(nail, contour);
    set_keypoints_from_heatmaps(nail, keypoints, affine);
  } else {
    set_direction(nail, apply_linear(affine, {0, -1}));
    set_keypoints_from_axis(nail, set_size(nail, contour));
  }
  decoded.nail = nail;
  decoded.mask_pixels = pixels;
  decoded.usable = is_finite(nail) && outline.area > 0;
}

/* One candidate's outputs, of all its views one after the other. */
static void store_patch(lunula_session &session, int patch, const float *keypoints, const float *masks,
                        const float *confidence, const float *rotations) {
  const int views = session.views;
  Scratch &scratch = session.scratch;
  PatchOutputs outputs = {keypoints, masks, 0};
  if (views > 1) {
    mean_of_views(keypoints, views, kKeypointGrid, kKeypointCount, scratch.mean_keypoints);
    mean_of_views(masks, views, kPatchSize, 1, scratch.mean_mask);
    outputs.keypoints = scratch.mean_keypoints;
    outputs.mask = scratch.mean_mask;
  }
  float logit = 0;
  for (int view = 0; view < views; view++)
    logit += confidence[view] / float(views);
  const Calibration &weights = session.from_queries ? kQueries : rotations == nullptr ? kStandard : kRotating;
  outputs.confidence = finite(logit) ? nail_confidence(weights, session.candidates[patch].score, logit) : logit;
  decode_patch(session, patch, outputs);
  DecodedPatch &decoded = session.patches[patch];
  decoded.usable = decoded.usable && decoded.nail.confidence >= weights.least;
  if (decoded.usable && rotations != nullptr) {
    float six[6];
    mean_rotation(rotations, views, six);
    set_rotation(decoded.nail, six);
  }
}

} // namespace lunula

extern "C" int32_t lunula_store_patches(lunula_session *session, int32_t start, int32_t count, const float *keypoints,
                                        const float *masks, const float *confidence, const float *rotations) {
  using namespace lunula;
  if (!is_session(session) || keypoints == nullptr || masks == nullptr || confidence == nullptr || start < 0 ||
      count < 0)
    return LUNULA_BAD_ARGUMENT;
  const int views = session->views, all = views * session->patch_count;
  if (start > all || count > all - start || start % views != 0 || count % views != 0)
    return LUNULA_BAD_ARGUMENT;
  constexpr int keypoint_floats = kKeypointGrid * kKeypointGrid * kKeypointCount;
  for (int i = 0; i < count; i += views)
    store_patch(*session, (start + i) / views, keypoints + size_t(i) * keypoint_floats,
                masks + size_t(i) * kPatchPixels, confidence + i, rotations ? rotations + size_t(i) * 6 : nullptr);
  return count;
}
