import type { Crops, Input } from '../backends/backend.ts'
import { GEOMETRY_CHANNELS, HANDS, HEATMAP, HEATMAP_CHANNELS, MASK_SIZE, MAX_HANDS } from '../specs.ts'
import type { Rect } from '../types.ts'
import { type CoreExports, instantiateCore, type Pointer } from './core_exports.ts'
import type { Extent } from './extent.ts'
import { HAND_WORD, HAND_WORDS, KEYPOINT_VALUES, Layout, MASK_VALUES, NAIL_WORDS, ROTATION_VALUES } from './layout.ts'
import { NailReader } from './nail_reader.ts'
import type { Regions } from './regions.ts'

/** Numbers of the models in lunula_sample. */
const HEATMAP_MODEL = 0
const PATCH_MODEL = 1
const HANDS_MODEL = 2

const NO_REGION: Rect = { x: 0, y: 0, width: 0, height: 0 }

/** What the hand detector says about a frame, a cell. */
export type HandMaps = [scores: Float32Array, boxes: Float32Array]

/** What pass 2's network says about a batch; rotations: only the r6d variant. */
export type PatchOutputs = [
  keypoints: Float32Array,
  masks: Float32Array,
  confidence: Float32Array,
  rotations?: Float32Array,
]

/**
 * The post-processing core: one session in one arena, the frame and the tensors beside it.
 *
 * The calls of one frame come in the order of the methods. No memory is allocated per frame.
 */
export class Core {
  readonly wasm: CoreExports
  readonly layout: Layout
  readonly session: Pointer
  #frame: Extent = { width: 0, height: 0 }
  /** The backend's, where it has them. */
  crops: Crops | undefined
  #onDevice = false
  #lastCount = 0

  /** Throws `asset-missing` when the file is not there or is no core. */
  static async load(url: URL): Promise<Core> {
    return new Core(await instantiateCore(url))
  }

  private constructor(wasm: CoreExports) {
    this.wasm = wasm
    this.layout = new Layout(wasm)
    this.session = wasm.lunula_session_init(this.layout.arena, wasm.lunula_arena_bytes())
    if (this.session === 0) throw new Error('the core refused its arena')
  }

  /** Linear memory in bytes. */
  get bytes(): number {
    return this.wasm.memory.buffer.byteLength
  }

  /** Of the frame that lies in the core. */
  get frame(): Extent {
    return this.#frame
  }

  /** The regions around each hand's last tracked nails, at the hand's index; undefined where a hand had none. */
  lastRegions(): Regions {
    return this.#regionsAround(this.layout.lastNails, this.#lastCount)
  }

  /** The same around this frame's `count` nails. After `decodePatches`. */
  nailRegions(count: number): Regions {
    return this.#regionsAround(this.wasm.lunula_nails(this.session), count)
  }

  /** The hand detector's input, of a size: the whole frame, fitted. [1, height, width, 3], valid until the next frame. */
  sampleHands(size: Extent): Input {
    const { rect, affine, handInput } = this.layout
    const { width, height } = this.#frame
    this.floats(rect, 4).set([0, 0, width, height])
    check(this.wasm.lunula_fit_rect(rect, size.width, size.height, affine))
    return this.#sample(HANDS_MODEL, affine, 1, size, handInput)
  }

  /** The padded regions of the detected hands, best first. After `sampleHands`, of an input of that size. */
  handRegions([scores, boxes]: HandMaps, size: Extent): Rect[] {
    const { affine, handScores, handBoxes, hands, rect } = this.layout
    const { width, height } = this.#frame
    const rows = size.height / HANDS.constants.stride
    const columns = size.width / HANDS.constants.stride
    this.write(handScores, scores, rows * columns)
    this.write(handBoxes, boxes, rows * columns * 4)
    const { lunula_decode_hands: decode, lunula_hand_roi: roi } = this.wasm
    const count = check(decode(handScores, handBoxes, rows, columns, affine, width, height, hands))
    return Array.from({ length: count }, (_, hand) => {
      check(roi(width, height, hands + hand * HAND_WORDS * 4, rect))
      return this.rectangle()
    })
  }

  /** Tells the core where this frame's hands are: each nail's `hand` is the index of the nearest. */
  setRegions(regions: Regions): void {
    const { regions: at } = this.layout
    const sides = regions
      .map((region) => region ?? NO_REGION)
      .flatMap(({ x, y, width, height }) => [x, y, width, height])
    this.floats(at, sides.length).set(sides)
    check(this.wasm.lunula_set_regions(this.session, at, regions.length))
  }

  /** Input size of pass 1 for a region at a tier. */
  segmentSize(region: Extent, tier: number): Extent {
    const { size } = this.layout
    check(this.wasm.lunula_segment_size(region.width, region.height, tier, size))
    const [width, height] = new Int32Array(this.wasm.memory.buffer, size, 2) as unknown as [number, number]
    return { width, height }
  }

  /** Makes room for a frame, and gives the bytes that its RGBA pixels are to be written to. */
  place(frame: Extent): Uint8Array {
    this.layout.placeFrame(frame.width * frame.height)
    this.#frame = { width: frame.width, height: frame.height }
    this.#onDevice = false
    return new Uint8Array(this.wasm.memory.buffer, this.layout.frame, frame.width * frame.height * 4)
  }

  /** Leaves a frame on the device, where `crops` cuts what is sampled. False where that is not to be had. */
  placeOnDevice(frame: VideoFrame | ImageBitmap, size: Extent): boolean {
    this.#onDevice = this.crops?.take(frame, size) ?? false
    if (this.#onDevice) this.#frame = size
    return this.#onDevice
  }

  /**
   * A network's input of a size: the region, fitted, left and right exchanged if mirrored. [1, height, width, 3], valid
   * until the next look.
   */
  sampleRegion(region: Rect, size: Extent, mirrored = false): Input {
    this.#fit(region, size, mirrored)
    const { affine, input } = this.layout
    return this.#sample(HEATMAP_MODEL, affine, 1, size, input)
  }

  /**
   * Decodes pass 1's outputs for what `sampleRegion` gave with these words. look: 0 for the frame's first; further ones
   * add to it.
   */
  decodeHeatmap(look: number, [heatmap, geometry]: Float32Array[], region: Rect, size: Extent, mirrored = false): void {
    this.#fit(region, size, mirrored)
    const layout = this.layout
    const columns = size.width / HEATMAP.constants.stride
    const rows = size.height / HEATMAP.constants.stride
    this.write(layout.heatmap, heatmap!, rows * columns * HEATMAP_CHANNELS)
    this.write(layout.geometry, geometry!, rows * columns * GEOMETRY_CHANNELS)
    const { lunula_decode_heatmap: decode } = this.wasm
    check(decode(this.session, look, layout.heatmap, layout.geometry, rows, columns, layout.affine))
  }

  /** Plans pass 2 for the candidates of all looks, each from so many views. Returns the number of patches. */
  planPatches(views: number): number {
    return check(this.wasm.lunula_plan_patches(this.session, views))
  }

  /**
   * Pass 2's input for patches start … start + count - 1. [batch, 64, 64, 3], valid until the next call; what is behind
   * `count` is left over from earlier batches.
   */
  samplePatches(start: number, count: number, batch: number): Input {
    const affines = this.wasm.lunula_patch_affines(this.session) + start * 6 * 4
    const size = { width: MASK_SIZE, height: MASK_SIZE }
    return this.#sample(PATCH_MODEL, affines, count, size, this.layout.patches, batch)
  }

  /** Pass 2's outputs for patches start … start + count - 1: whole candidates, with all their views. */
  storePatches(start: number, count: number, [keypoints, masks, confidence, rotations]: PatchOutputs): void {
    const layout = this.layout
    this.write(layout.keypoints, keypoints, count * KEYPOINT_VALUES)
    this.write(layout.masks, masks, count * MASK_VALUES)
    this.write(layout.confidence, confidence, count)
    if (rotations) this.write(layout.rotations, rotations, count * ROTATION_VALUES)
    const turns = rotations ? layout.rotations : 0
    const { lunula_store_patches: store } = this.wasm
    check(store(this.session, start, count, layout.keypoints, layout.masks, layout.confidence, turns))
  }

  /** The nails of this frame, best first. */
  decodePatches(): NailReader {
    const count = check(this.wasm.lunula_decode_patches(this.session))
    return new NailReader(this.wasm, this.session, count)
  }

  /** Keeps this frame's nails for the next frame's region. */
  rememberNails(count: number): void {
    const start = this.wasm.lunula_nails(this.session)
    const bytes = new Uint8Array(this.wasm.memory.buffer)
    bytes.copyWithin(this.layout.lastNails, start, start + count * NAIL_WORDS * 4)
    this.#lastCount = count
  }

  #regionsAround(nails: Pointer, count: number): Regions {
    const { rect } = this.layout
    const { width, height } = this.#frame
    const words = new Int32Array(this.wasm.memory.buffer, nails, count * NAIL_WORDS)
    return Array.from({ length: MAX_HANDS }, (_, hand) => {
      if (!words.some((word, at) => at % NAIL_WORDS === HAND_WORD && word === hand)) return undefined
      check(this.wasm.lunula_first_pass_roi(width, height, nails, count, hand, rect))
      return this.rectangle()
    })
  }

  /** Makes room for a look, and puts the affine from its input's pixels to the frame's into the layout. */
  #fit({ x, y, width, height }: Rect, size: Extent, mirrored: boolean): void {
    this.layout.placeInput(size.width * size.height)
    const { rect, affine } = this.layout
    this.floats(rect, 4).set([x, y, width, height])
    check(this.wasm.lunula_fit_rect(rect, size.width, size.height, affine))
    if (mirrored) mirror(this.floats(affine, 6), size.width)
  }

  /** out: where the values go that the core computes. */
  #sample(model: number, affines: Pointer, count: number, size: Extent, out: Pointer, batch = count): Input {
    if (this.#onDevice) return this.crops!.cut(this.floats(affines, count * 6), size, model, batch)
    const { frame } = this.layout
    const { width: frameWidth, height: frameHeight } = this.#frame
    const { width, height } = size
    const { lunula_sample: sample } = this.wasm
    check(sample(frame, frameWidth, frameHeight, frameWidth * 4, affines, count, width, height, model, out))
    return this.floats(out, batch * width * height * 3)
  }

  /** What the core wrote into the layout's `rect`. */
  rectangle(): Rect {
    const [x, y, width, height] = this.floats(this.layout.rect, 4) as unknown as [number, number, number, number]
    return { x, y, width, height }
  }

  /** So many numbers of its memory. */
  floats(pointer: Pointer, count: number): Float32Array {
    return new Float32Array(this.wasm.memory.buffer, pointer, count)
  }

  /** A network's output that is too short would be read past its end. */
  write(pointer: Pointer, values: Float32Array, count: number): void {
    if (values.length < count) throw new Error(`a network gave ${values.length} values, ${count} are needed`)
    this.floats(pointer, count).set(values.length === count ? values : values.subarray(0, count))
  }
}

/** A count from the core; a negative one is a lunula_status. */
export function check(status: number): number {
  if (status < 0) throw new Error(`the core refused a call with status ${status}`)
  return status
}

/** Exchanges left and right of an input of a width, whose affine this is. */
function mirror(affine: Float32Array, width: number): void {
  affine[2] = affine[2]! + affine[0]! * width
  affine[0] = -affine[0]!
}
