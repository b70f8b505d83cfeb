/* A photo's patches are looked at several times over, mirrored and turned: what the network says is averaged. */
#pragma once

#include "bounds.h"

namespace lunula {

constexpr int kMaxViews = 4;

/* How many views of a candidate there may be: as it is; and mirrored left to right; and both upside down as well. */
inline bool is_view_count(int views) { return views == 1 || views == 2 || views == kMaxViews; }

/* View 0 is the patch as it is; 1 and 3 are mirrored left to right, 2 and 3 upside down. */
void view_affine(const float patch[6], int view, float out[6]);

/* The mean of the views' outputs [views, side, side, channels], each turned back. */
void mean_of_views(const float *outputs, int views, int side, int channels, float *out);

/* The mean of the views' rotations [views, 6] (axis, across), each turned back; not yet orthonormal. */
void mean_rotation(const float *rotations, int views, float out[6]);

} // namespace lunula
