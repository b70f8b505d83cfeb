import * as SPECS from '#generated/specs'

/** The numbers of both networks, written once in models/spec.py; this is the only file that imports the generated form. */
export { FINGERS, TIERS } from '#generated/specs'

/** Pass 1: where the nails are. */
export const HEATMAP = SPECS.nail_heatmap
/** Pass 2: one nail's mask and keypoints. */
export const PATCH = SPECS.nail_patch

/** Side of a nail's mask, in pixels. */
export const MASK_SIZE: number = PATCH.constants.patch_size
/** Most nails that a frame can have. */
export const MAX_NAILS: number = PATCH.constants.max_nails
