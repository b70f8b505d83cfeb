/* A nail's rotation in space. */
#pragma once

#include "session.h"

namespace lunula {

/* Six numbers of the network (axis, across, in the patch's frame) -> the nail's rotation; none where they are no rotation. */
void set_rotation(lunula_nail &nail, const float six[6]);

} // namespace lunula
