import * as SPECS from '#generated/specs'

/** The numbers of all networks, written once in models/spec.py; this is the only file that imports the generated form. */
export { FINGERS, NORMALISATIONS, TIERS } from '#generated/specs'

/** Where the hands are. */
export const HANDS = SPECS.hand_detector
/** Pass 1: where the nails are. */
export const HEATMAP = SPECS.nail_heatmap
/** RT-DETR on a hand's region, and on a whole frame. */
export const RTDETR = SPECS.nail_rtdetr
export const RTDETR_FULL = SPECS.nail_rtdetr_full
/** Pass 2: one nail's mask and keypoints. */
export const PATCH = SPECS.nail_patch
/** The same, and the nail's rotation. */
export const PATCH_R6D = SPECS.nail_patch_r6d

// A bundle drops the numbers of a network that it does not name, as long as it names each from here: no destructuring.

/** Channels of pass 1's outputs. */
export const HEATMAP_CHANNELS: number = HEATMAP.outputs[0].shape[3]
export const GEOMETRY_CHANNELS: number = HEATMAP.outputs[1].shape[3]
/** Names of pass 2's outputs, in the order in which they are read. */
export const PATCH_OUTPUTS: string[] = PATCH.outputs.map(({ name }) => name)
export const PATCH_R6D_OUTPUTS: string[] = PATCH_R6D.outputs.map(({ name }) => name)
/** Side of a nail's mask, in pixels. */
export const MASK_SIZE: number = PATCH.constants.patch_size
/** Most hands that a frame can have. */
export const MAX_HANDS: number = HANDS.constants.max_hands
/** Most nails that a frame can have. */
export const MAX_NAILS: number = PATCH.constants.max_nails

/** The models that inputs are sampled for, in the order of their numbers in lunula_sample. */
export const SAMPLED_MODELS = ['nail_heatmap', 'nail_patch', 'hand_detector'] as const
