import { reasonOf } from '../reason.ts'
import { fail } from '../worker/failure.ts'

/** A byte offset in the core's memory. */
export type Pointer = number

/** What lunula_core.wasm exports; see lunula_core.h for the contracts. */
export interface CoreExports {
  memory: WebAssembly.Memory
  /** Everything from here up is ours: the core has no malloc. */
  __heap_base: WebAssembly.Global
  /** Constructors of static objects, where the linker made some. */
  _initialize?(): void
  lunula_arena_bytes(): number
  lunula_session_init(arena: Pointer, bytes: number): Pointer
  lunula_segment_size(width: number, height: number, tier: number, out: Pointer): number
  lunula_decode_hands(
    scores: Pointer,
    boxes: Pointer,
    rows: number,
    columns: number,
    affine: Pointer,
    width: number,
    height: number,
    out: Pointer,
  ): number
  lunula_hand_roi(width: number, height: number, hand: Pointer, out: Pointer): number
  lunula_first_pass_roi(
    width: number,
    height: number,
    nails: Pointer,
    count: number,
    hand: number,
    out: Pointer,
  ): number
  lunula_set_regions(session: Pointer, rects: Pointer, count: number): number
  lunula_fit_rect(rect: Pointer, inputWidth: number, inputHeight: number, out: Pointer): number
  lunula_sample(
    rgba: Pointer,
    width: number,
    height: number,
    stride: number,
    affines: Pointer,
    count: number,
    outWidth: number,
    outHeight: number,
    model: number,
    out: Pointer,
  ): number
  lunula_second_look_roi(width: number, height: number, nails: Pointer, count: number, out: Pointer): number
  lunula_decode_heatmap(
    session: Pointer,
    look: number,
    heatmap: Pointer,
    geometry: Pointer,
    rows: number,
    columns: number,
    affine: Pointer,
  ): number
  lunula_candidates(session: Pointer): Pointer
  lunula_plan_patches(session: Pointer, views: number): number
  lunula_plan_patches_again(session: Pointer, views: number): number
  lunula_patch_affines(session: Pointer): Pointer
  lunula_store_patches(
    session: Pointer,
    start: number,
    count: number,
    keypoints: Pointer,
    masks: Pointer,
    confidence: Pointer,
    rotations: Pointer,
  ): number
  lunula_keep_queries(boxes: Pointer, scores: Pointer, count: number, least: number, kept: Pointer): number
  lunula_store_queries(
    session: Pointer,
    look: number,
    boxes: Pointer,
    scores: Pointer,
    masks: Pointer,
    fingers: Pointer,
    tips: Pointer,
    count: number,
    side: number,
    affine: Pointer,
    least: number,
  ): number
  lunula_decode_patches(session: Pointer): number
  lunula_nails(session: Pointer): Pointer
  lunula_masks(session: Pointer): Pointer
  lunula_contours(session: Pointer): Pointer
}

/** The linker asks for these where it kept a path that ends the program or grows the memory; neither has work to do here. */
const IMPORTS = {
  env: { emscripten_notify_memory_growth() {} },
  wasi_snapshot_preview1: {
    proc_exit(code: number) {
      throw new Error(`the core ended with ${code}`)
    },
  },
}

/** Fetches and instantiates the core. Throws `asset-missing`. */
export async function instantiateCore(url: URL): Promise<CoreExports> {
  const missing = (detail: string, cause?: unknown) => fail('asset-missing', { path: url.pathname, detail }, cause)
  const response = await fetch(url).catch((thrown) => {
    throw missing('the server cannot be reached', thrown)
  })
  if (!response.ok) throw missing(`the server answered ${response.status}`)
  try {
    const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), IMPORTS)
    const exports = instance.exports as unknown as CoreExports
    exports._initialize?.()
    return exports
  } catch (thrown) {
    throw missing(reasonOf(thrown), thrown)
  }
}
