/* Two patches that found the same nail. */
#pragma once

#include "session.h"

namespace lunula {

/* Share of the smaller mask's pixels (by area in the frame) that lie inside the other's, 0..1. */
float mask_overlap(const lunula_session &session, const DecodedPatch &a, const DecodedPatch &b);

} // namespace lunula
