/* Which part of the frame pass 1 looks at, and how it is fitted into the input. */
#include <algorithm>

#include "affine.h"
#include "bounds.h"
#include "lunula_core.h"

namespace lunula {

struct Box {
  float left, top, right, bottom;
};

static bool usable(const lunula_nail &nail) {
  return finite(nail.center_x) && finite(nail.center_y) && finite(nail.length) && finite(nail.width) &&
         std::max(nail.length, nail.width) > 0;
}

/* The axis-aligned square as large as the nail's patch. */
static Box patch_square(const lunula_nail &nail) {
  const float half = 0.5f * spec::nail_patch::side_factor * std::max(nail.length, nail.width);
  return {nail.center_x - half, nail.center_y - half, nail.center_x + half, nail.center_y + half};
}

static void write(float out[4], Box box) {
  out[0] = box.left;
  out[1] = box.top;
  out[2] = box.right - box.left;
  out[3] = box.bottom - box.top;
}

static bool frame_side(int32_t side) { return side >= 1 && side <= kMaxFrameSide; }

struct Nails {
  const lunula_nail *list;
  int32_t count, hand; // hand negative: of all hands
};

static bool surrounding(const Nails &nails, Box &box) {
  bool found = false;
  box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (int32_t i = 0; nails.list != nullptr && i < nails.count; i++) {
    if (!usable(nails.list[i]) || (nails.hand >= 0 && nails.list[i].hand != nails.hand))
      continue;
    const Box square = patch_square(nails.list[i]);
    box = {std::min(box.left, square.left), std::min(box.top, square.top), std::max(box.right, square.right),
           std::max(box.bottom, square.bottom)};
    found = true;
  }
  return found;
}

/* The padded box around the nails, clipped to the frame; the whole frame when there is none or it is too small. */
static int32_t roi_around(const Nails &nails, int32_t frame_width, int32_t frame_height, float padding, float *out) {
  if (out == nullptr || !frame_side(frame_width) || !frame_side(frame_height) || nails.count < 0 ||
      nails.count > kMaxNails)
    return LUNULA_BAD_ARGUMENT;
  const float width = float(frame_width), height = float(frame_height);
  write(out, {0, 0, width, height});
  Box box;
  if (!surrounding(nails, box))
    return LUNULA_OK;
  const float pad_x = padding * (box.right - box.left), pad_y = padding * (box.bottom - box.top);
  box = {clamp(box.left - pad_x, 0, width), clamp(box.top - pad_y, 0, height), clamp(box.right + pad_x, 0, width),
         clamp(box.bottom + pad_y, 0, height)};
  const float least = spec::nail_heatmap::min_roi_px;
  if (box.right - box.left >= least && box.bottom - box.top >= least)
    write(out, box);
  return LUNULA_OK;
}

} // namespace lunula

extern "C" int32_t lunula_first_pass_roi(int32_t frame_width, int32_t frame_height, const lunula_nail *nails,
                                         int32_t count, int32_t hand, float out_rect[4]) {
  using namespace lunula;
  return roi_around({nails, count, hand}, frame_width, frame_height, spec::nail_heatmap::roi_padding, out_rect);
}

extern "C" int32_t lunula_second_look_roi(int32_t frame_width, int32_t frame_height, const lunula_nail *nails,
                                          int32_t count, float out_rect[4]) {
  using namespace lunula;
  return roi_around({nails, count, -1}, frame_width, frame_height, spec::nail_heatmap::second_look_padding, out_rect);
}

extern "C" int32_t lunula_fit_rect(const float rect[4], int32_t input_width, int32_t input_height,
                                   float out_affine[6]) {
  using namespace lunula;
  if (rect == nullptr || out_affine == nullptr || input_width < 1 || input_width > kMaxInputSide || input_height < 1 ||
      input_height > kMaxInputSide)
    return LUNULA_BAD_ARGUMENT;
  for (int i = 0; i < 4; i++)
    if (!finite(rect[i]))
      return LUNULA_BAD_ARGUMENT;
  if (!(rect[2] > 0) || !(rect[3] > 0))
    return LUNULA_BAD_ARGUMENT;
  const float scale = std::max(rect[2] / float(input_width), rect[3] / float(input_height));
  const float affine[6] = {scale, 0,     rect[0] + 0.5f * (rect[2] - scale * float(input_width)),
                           0,     scale, rect[1] + 0.5f * (rect[3] - scale * float(input_height))};
  if (!finite(affine) || !(scale > 0))
    return LUNULA_BAD_ARGUMENT;
  std::copy(affine, affine + 6, out_affine);
  return LUNULA_OK;
}
