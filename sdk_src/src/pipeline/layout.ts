import {
  GEOMETRY_CHANNELS,
  HANDS,
  HEATMAP,
  HEATMAP_CHANNELS,
  MASK_SIZE,
  MAX_HANDS,
  MAX_NAILS,
  PATCH,
  TIERS,
} from '../specs.ts'
import type { CoreExports, Pointer } from './core_exports.ts'
import { MAX_FRAME_SIDE } from './extent.ts'

/** Words of lunula_nail; every member is 4 bytes wide. */
export const NAIL_WORDS = 31
/** The word of lunula_nail that is its hand. */
export const HAND_WORD = 24
/** Its six words from here on are its rotation, 0 where unknown. */
export const ROTATION_WORD = 25
/** Words of lunula_hand. */
export const HAND_WORDS = 5
const ALIGNMENT = 16
const PAGE_BYTES = 65536
const FLOAT = 4

const MAX_BATCH = PATCH.constants.max_batch
/** Values of one keypoint heatmap tensor entry. */
export const KEYPOINT_VALUES = (MASK_SIZE / PATCH.constants.heat_stride) ** 2 * PATCH.constants.heat_count
export const MASK_VALUES = MASK_SIZE ** 2
export const ROTATION_VALUES = 6
const CHANNELS = 3
/** Most cells of the hand detector's maps. */
const HAND_CELLS = (HANDS.constants.size / HANDS.constants.stride) ** 2

/** A square of the largest tier, plus what rounding to 64 adds; a narrower frame makes the memory grow. */
const USUAL_INPUT_PIXELS = (Math.max(...TIERS) + 64) ** 2

/** Where everything lies in the core's memory: the fixed parts first, then what depends on the frame. */
export class Layout {
  readonly arena: Pointer
  readonly rect: Pointer
  readonly affine: Pointer
  readonly size: Pointer
  readonly regions: Pointer
  readonly hands: Pointer
  readonly handInput: Pointer
  readonly handScores: Pointer
  readonly handBoxes: Pointer
  /** The nails of the last tracked frame: stills in between must not touch them. */
  readonly lastNails: Pointer
  readonly patches: Pointer
  readonly keypoints: Pointer
  readonly masks: Pointer
  readonly confidence: Pointer
  readonly rotations: Pointer
  input: Pointer = 0
  heatmap: Pointer = 0
  geometry: Pointer = 0
  frame: Pointer = 0
  readonly #memory: WebAssembly.Memory
  readonly #dynamic: Pointer
  #frameEnd: Pointer = 0
  #end: Pointer

  constructor({ memory, __heap_base, lunula_arena_bytes }: CoreExports) {
    this.#memory = memory
    this.#end = Number(__heap_base.value)
    this.arena = this.#take(lunula_arena_bytes())
    this.rect = this.#take(4 * FLOAT)
    this.affine = this.#take(6 * FLOAT)
    this.size = this.#take(2 * FLOAT)
    this.regions = this.#take(MAX_HANDS * 4 * FLOAT)
    this.hands = this.#take(MAX_HANDS * HAND_WORDS * FLOAT)
    this.handInput = this.#take(HANDS.constants.size ** 2 * CHANNELS * FLOAT)
    this.handScores = this.#take(HAND_CELLS * FLOAT)
    this.handBoxes = this.#take(HAND_CELLS * 4 * FLOAT)
    this.lastNails = this.#take(MAX_NAILS * NAIL_WORDS * FLOAT)
    this.patches = this.#take(MAX_BATCH * MASK_VALUES * CHANNELS * FLOAT)
    this.keypoints = this.#take(MAX_BATCH * KEYPOINT_VALUES * FLOAT)
    this.masks = this.#take(MAX_BATCH * MASK_VALUES * FLOAT)
    this.confidence = this.#take(MAX_BATCH * FLOAT)
    this.rotations = this.#take(MAX_BATCH * ROTATION_VALUES * FLOAT)
    this.#dynamic = this.#end
    this.placeFrame(MAX_FRAME_SIDE ** 2)
    this.placeInput(USUAL_INPUT_PIXELS)
  }

  /** Makes room for a frame of so many pixels. Views made before are void when the memory grows. */
  placeFrame(pixels: number): void {
    this.#end = this.#dynamic
    this.frame = this.#take(pixels * 4)
    this.#frameEnd = this.#end
    this.#grow()
  }

  /** Makes room for an input of pass 1 of so many pixels, behind the frame, which stays where it is. */
  placeInput(pixels: number): void {
    const cells = pixels / HEATMAP.constants.stride ** 2
    this.#end = this.#frameEnd
    this.input = this.#take(pixels * CHANNELS * FLOAT)
    this.heatmap = this.#take(cells * HEATMAP_CHANNELS * FLOAT)
    this.geometry = this.#take(cells * GEOMETRY_CHANNELS * FLOAT)
    this.#grow()
  }

  /** Makes room for so many numbers in the place of the input, which the network has read by then. */
  placeInsteadOfInput(count: number): Pointer {
    this.#end = this.#frameEnd
    const start = this.#take(count * FLOAT)
    this.#grow()
    return start
  }

  #grow(): void {
    const missing = this.#end - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES))
  }

  #take(bytes: number): Pointer {
    const start = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT
    this.#end = start + bytes
    return start
  }
}
