/* Hand detector decoding: score and box maps -> hands in frame pixels, and the regions that pass 1 looks at. */
#include <algorithm>

#include "affine.h"
#include "bounds.h"
#include "lunula_core.h"

namespace lunula {

namespace hands = spec::hand_detector;

/* Boxes kept before suppression: a hand fires a few cells around its centre. */
constexpr int kMaxBoxes = 64;

struct ScoredBox {
  float logit;
  lunula_hand hand; // in input pixels
};

static float area(const lunula_hand &h) { return (h.right - h.left) * (h.bottom - h.top); }

/* The same hand, or a part of it: a fingertip's small box inside the hand's own. */
static bool same_hand(const lunula_hand &a, const lunula_hand &b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (!(width > 0) || !(height > 0))
    return false;
  const float shared = width * height, both = area(a) + area(b), smaller = std::min(area(a), area(b));
  return shared >= hands::overlap_threshold * (both - shared) || shared >= hands::inside_threshold * smaller;
}

/* False when the cell's numbers are not finite or its box, cut at the input's border, is empty. */
static bool read_box(const float *scores, const float *boxes, int columns, int rows, int cell, ScoredBox &out) {
  const float *sides = boxes + size_t(cell) * 4;
  if (!finite(scores[cell]) || !finite(sides[0]) || !finite(sides[1]) || !finite(sides[2]) || !finite(sides[3]))
    return false;
  const float stride = hands::stride, unit = hands::box_unit;
  const float x = (float(cell % columns) + 0.5f) * stride, y = (float(cell / columns) + 0.5f) * stride;
  const float width = float(columns) * stride, height = float(rows) * stride;
  out = {scores[cell],
         {sigmoid(scores[cell]), clamp(x - sides[0] * unit, 0, width), clamp(y - sides[1] * unit, 0, height),
          clamp(x + sides[2] * unit, 0, width), clamp(y + sides[3] * unit, 0, height)}};
  return out.hand.right > out.hand.left && out.hand.bottom > out.hand.top;
}

/* Keeps the list sorted, best first; equal scores stay in raster order. */
static int insert(ScoredBox *list, int count, const ScoredBox &box) {
  int at = count;
  while (at > 0 && list[at - 1].logit < box.logit)
    at--;
  if (at == kMaxBoxes)
    return count;
  const int last = std::min(count, kMaxBoxes - 1);
  std::copy_backward(list + at, list + last, list + last + 1);
  list[at] = box;
  return last + 1;
}

static int best_boxes(const float *scores, const float *boxes, int rows, int columns, ScoredBox *list) {
  const float least = std::log(hands::score_threshold / (1 - hands::score_threshold));
  int count = 0;
  for (int cell = 0; cell < rows * columns; cell++) {
    ScoredBox box;
    if (scores[cell] >= least && read_box(scores, boxes, columns, rows, cell, box))
      count = insert(list, count, box);
  }
  return count;
}

/* Input pixels -> frame pixels, cut at the frame's border. The affine is a fit: it does not turn. */
static bool to_frame(lunula_hand &hand, const float affine[6], float width, float height) {
  const Point low = apply(affine, {hand.left, hand.top}), high = apply(affine, {hand.right, hand.bottom});
  hand.left = clamp(low.x, 0, width);
  hand.top = clamp(low.y, 0, height);
  hand.right = clamp(high.x, 0, width);
  hand.bottom = clamp(high.y, 0, height);
  return hand.right > hand.left && hand.bottom > hand.top;
}

static bool side(int32_t v, int32_t most) { return v >= 1 && v <= most; }

} // namespace lunula

extern "C" int32_t lunula_decode_hands(const float *scores, const float *boxes, int32_t rows, int32_t columns,
                                       const float affine[6], int32_t frame_width, int32_t frame_height,
                                       lunula_hand *out) {
  using namespace lunula;
  constexpr int kMaxCells = kMaxInputSide / hands::stride;
  if (scores == nullptr || boxes == nullptr || affine == nullptr || out == nullptr || !side(rows, kMaxCells) ||
      !side(columns, kMaxCells) || !finite(affine) || !(affine[0] > 0) || !(affine[4] > 0) || affine[1] != 0 ||
      affine[3] != 0 || !side(frame_width, kMaxFrameSide) || !side(frame_height, kMaxFrameSide))
    return LUNULA_BAD_ARGUMENT;
  ScoredBox list[kMaxBoxes];
  const int found = best_boxes(scores, boxes, rows, columns, list);
  int count = 0;
  lunula_hand kept[kMaxHands]; // in input pixels: there the boxes are compared
  for (int i = 0; i < found && count < kMaxHands; i++) {
    lunula_hand hand = list[i].hand;
    const auto same = [&](const lunula_hand &better) { return same_hand(hand, better); };
    if (std::any_of(kept, kept + count, same))
      continue;
    kept[count] = hand;
    if (to_frame(hand, affine, float(frame_width), float(frame_height)))
      out[count++] = hand;
  }
  return count;
}

extern "C" int32_t lunula_hand_roi(int32_t frame_width, int32_t frame_height, const lunula_hand *hand,
                                   float out_rect[4]) {
  using namespace lunula;
  if (hand == nullptr || out_rect == nullptr || !side(frame_width, kMaxFrameSide) || !side(frame_height, kMaxFrameSide))
    return LUNULA_BAD_ARGUMENT;
  const float width = float(frame_width), height = float(frame_height);
  const float whole[4] = {0, 0, width, height};
  std::copy(whole, whole + 4, out_rect);
  const float x = 0.5f * (hand->left + hand->right), y = 0.5f * (hand->top + hand->bottom);
  const float longest = std::max(hand->right - hand->left, hand->bottom - hand->top);
  const float half = (0.5f + spec::nail_heatmap::roi_padding) * longest;
  const float left = clamp(x - half, 0, width), top = clamp(y - half, 0, height);
  const float right = clamp(x + half, 0, width), bottom = clamp(y + half, 0, height);
  const float least = spec::nail_heatmap::min_roi_px;
  if (!finite(x) || !finite(y) || !finite(half) || !(right - left >= least) || !(bottom - top >= least))
    return LUNULA_OK;
  const float roi[4] = {left, top, right - left, bottom - top};
  std::copy(roi, roi + 4, out_rect);
  return LUNULA_OK;
}
