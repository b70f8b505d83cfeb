/* Base and tip: the sub-cell peak of a keypoint heatmap. */
#pragma once

#include "affine.h"

namespace lunula {

/* heatmap: logits [kKeypointGrid, kKeypointGrid, kKeypointCount]. Writes the peak of one channel in patch pixels; false
 * when no cell is finite. */
bool find_keypoint(const float *heatmap, int channel, Point &out);

} // namespace lunula
