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

} // namespace lunula

extern "C" int32_t lunula_first_pass_roi(int32_t frame_width, int32_t frame_height, const lunula_nail *nails,
                                         int32_t count, int32_t hand, float out_rect[4]) {
  using namespace lunula;
  if (out_rect == nullptr || !frame_side(frame_width) || !frame_side(frame_height) || count < 0 || count > kMaxNails)
    return LUNULA_BAD_ARGUMENT;
  const float width = float(frame_width), height = float(frame_height);
  const Box frame = {0, 0, width, height};
  write(out_rect, frame);

  bool found = false;
  Box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (int32_t i = 0; nails != nullptr && i < count; i++) {
    if (!usable(nails[i]) || (hand >= 0 && nails[i].hand != hand))
      continue;
    const Box square = patch_square(nails[i]);
    box = {std::min(box.left, square.left), std::min(box.top, square.top), std::max(box.right, square.right),
           std::max(box.bottom, square.bottom)};
    found = true;
  }
  if (!found)
    return LUNULA_OK;

  const float pad_x = spec::nail_heatmap::roi_padding * (box.right - box.left);
  const float pad_y = spec::nail_heatmap::roi_padding * (box.bottom - box.top);
  box = {clamp(box.left - pad_x, 0, width), clamp(box.top - pad_y, 0, height), clamp(box.right + pad_x, 0, width),
         clamp(box.bottom + pad_y, 0, height)};
  const float least = spec::nail_heatmap::min_roi_px;
  if (box.right - box.left >= least && box.bottom - box.top >= least)
    write(out_rect, box);
  return LUNULA_OK;
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
