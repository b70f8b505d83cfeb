/* RT-DETR decoding: queries of one region -> nails in frame pixels. A kept query becomes a patch like pass 2's, upright
 * around its nail, so that everything behind (mask, outline, duplicates) is the cascade's own. */
#include <algorithm>

#include "affine.h"
#include "patch.h"
#include "regions.h"

namespace lunula {

namespace rtdetr = spec::nail_rtdetr;

constexpr float kOutside = -30.0f; // logit, as kBackground in mask.cpp
constexpr int kMaxQueries = 4096;
constexpr float kLeastSide = 1e-3f, kFarthest = 4.0f; // of the input's side

/* Confidence of a query that is kept, negative for others: a logistic model of its two scores (Platt scaling), fitted by
 * `python -m models.evaluation.calibrate_rtdetr`. Numbers that a network cannot mean are no detection; those it can stay
 * far from float32's ends. */
static float kept_confidence(const float box[4], const float score[2], float least) {
  const bool near = std::all_of(box, box + 4, [](float v) { return std::fabs(v) <= kFarthest; });
  const float confidence =
      sigmoid(rtdetr::confidence_bias + rtdetr::confidence_nail * score[0] + rtdetr::confidence_iou * score[1]);
  const bool sound = near && box[2] >= kLeastSide && box[3] >= kLeastSide;
  return sound && confidence >= least ? confidence : -1;
}

struct Query {
  const float *box;     // centre x, y, width, height, 0..1
  const float *mask;    // logits [side, side]
  const float *fingers; // logits
  const float *tip;     // x, y, 0..1
  float confidence;     // 0..1
  int side;
};

/* Patch pixels -> mask pixels: the upright square around the box, its up towards the tip. */
static void patch_to_mask(const Query &query, float out[6]) {
  const float side = float(query.side), x = query.box[0] * side, y = query.box[1] * side;
  Point up = {query.tip[0] * side - x, query.tip[1] * side - y};
  const float length = std::sqrt(square(up.x) + square(up.y));
  up = length > 1e-3f ? Point{up.x / length, up.y / length} : Point{0, -1};
  const float longest = std::max(query.box[2], query.box[3]) * side;
  const float scale = spec::nail_patch::side_factor * longest / float(kPatchSize), half = 0.5f * float(kPatchSize);
  out[0] = -up.y * scale;
  out[1] = -up.x * scale;
  out[3] = up.x * scale;
  out[4] = -up.y * scale;
  out[2] = x - half * (out[0] + out[1]);
  out[5] = y - half * (out[3] + out[4]);
}

/* Bilinear between pixel centres, the border's value beyond them. */
static float at(const Query &query, Point p) {
  const float last = float(query.side - 1);
  const float x = clamp(p.x - 0.5f, 0, last), y = clamp(p.y - 0.5f, 0, last);
  const int left = int(x), top = int(y), right = std::min(left + 1, query.side - 1);
  const int bottom = std::min(top + 1, query.side - 1);
  const float u = x - float(left), v = y - float(top);
  const float *upper = query.mask + size_t(top) * query.side, *lower = query.mask + size_t(bottom) * query.side;
  return (upper[left] * (1 - u) + upper[right] * u) * (1 - v) + (lower[left] * (1 - u) + lower[right] * u) * v;
}

/* The query's mask in its patch; nothing counts that lies outside the box and its margin. */
static void read_mask(const Query &query, const float affine[6], float *logits) {
  const float side = float(query.side), reach = 0.5f + rtdetr::box_margin;
  const Point center = {query.box[0] * side, query.box[1] * side};
  const float across = reach * query.box[2] * side, down = reach * query.box[3] * side;
  for (int i = 0; i < kPatchPixels; i++) {
    const Point p = apply(affine, {float(i % kPatchSize) + 0.5f, float(i / kPatchSize) + 0.5f});
    const bool inside = std::fabs(p.x - center.x) <= across && std::fabs(p.y - center.y) <= down;
    logits[i] = inside ? at(query, p) : kOutside;
  }
}

/* Patch pixels -> frame pixels: through the mask and the input. */
static void compose(const float outer[6], float scale, const float inner[6], float out[6]) {
  const Point x = apply_linear(outer, {inner[0] * scale, inner[3] * scale});
  const Point y = apply_linear(outer, {inner[1] * scale, inner[4] * scale});
  const Point origin = apply(outer, {inner[2] * scale, inner[5] * scale});
  const float values[6] = {x.x, y.x, origin.x, x.y, y.y, origin.y};
  std::copy(values, values + 6, out);
}

static void store_query(lunula_session &session, const Query &query, const float input_to_frame[6]) {
  const int patch = session.patch_count;
  float to_mask[6], *affine = session.affines + 6 * patch;
  patch_to_mask(query, to_mask);
  compose(input_to_frame, float(rtdetr::mask_stride), to_mask, affine);
  if (!finite(affine))
    return;
  session.patch_count++;
  lunula_candidate &candidate = session.candidates[patch];
  candidate = {};
  candidate.finger = int32_t(std::max_element(query.fingers, query.fingers + kFingers) - query.fingers);
  candidate.score = query.confidence;
  const Point up = apply_linear(affine, {0, -1});
  candidate.axis = std::atan2(up.y, up.x); // where patches are planned again
  const float half = 0.5f * float(kPatchSize);
  candidate.hand = nearest_region(session, apply(affine, {half, half}));
  float logits[kPatchPixels];
  read_mask(query, to_mask, logits);
  decode_patch(session, patch, {nullptr, logits, query.confidence});
}

} // namespace lunula

extern "C" int32_t lunula_keep_queries(const float *boxes, const float *scores, int32_t count, float least,
                                       int32_t *kept) {
  using namespace lunula;
  if (boxes == nullptr || scores == nullptr || kept == nullptr || count < 0 || count > kMaxQueries)
    return LUNULA_BAD_ARGUMENT;
  float confidences[kMaxNails];
  int found = 0;
  for (int32_t i = 0; i < count; i++) {
    const float confidence = kept_confidence(boxes + 4 * i, scores + 2 * i, least);
    if (confidence < 0)
      continue;
    int at = found;
    while (at > 0 && confidences[at - 1] < confidence)
      at--;
    if (at == kMaxNails)
      continue;
    const int last = std::min(found, kMaxNails - 1);
    std::copy_backward(confidences + at, confidences + last, confidences + last + 1);
    std::copy_backward(kept + at, kept + last, kept + last + 1);
    confidences[at] = confidence;
    kept[at] = i;
    found = last + 1;
  }
  return found;
}

extern "C" int32_t lunula_store_queries(lunula_session *session, int32_t look, const float *boxes, const float *scores,
                                        const float *masks, const float *fingers, const float *tips, int32_t count,
                                        int32_t side, const float affine[6], float least) {
  using namespace lunula;
  const bool given = boxes != nullptr && scores != nullptr && masks != nullptr && fingers != nullptr && tips != nullptr;
  if (!is_session(session) || !given || affine == nullptr || look < 0 || count < 0 || side < 2 ||
      side > kMaxInputSide || !finite(affine))
    return LUNULA_BAD_ARGUMENT;
  if (look == 0)
    session->patch_count = session->candidate_count = 0;
  session->from_queries = true;
  for (int i = 0; i < count && session->patch_count < kMaxNails; i++) {
    const float *box = boxes + 4 * i, *tip = tips + 2 * i;
    const float confidence = kept_confidence(box, scores + 2 * i, least);
    if (confidence < 0 || !(std::fabs(tip[0]) <= kFarthest) || !(std::fabs(tip[1]) <= kFarthest))
      continue;
    store_query(*session, {box, masks + size_t(i) * side * side, fingers + kFingers * i, tip, confidence, side},
                affine);
  }
  session->candidate_count = session->patch_count;
  return session->patch_count;
}
