import { FINGERS, MAX_NAILS, RTDETR } from '../specs.ts'
import { type Core, check } from './core.ts'

/** Values of a query: box, scores, tip. The network's fingers have one more each. */
const VALUES = { boxes: 4, scores: 2, fingers: FINGERS.length, keypoints: 2 } as const
type Name = keyof typeof VALUES
const NAMES = ['boxes', 'scores', 'fingers', 'keypoints'] as const
const { queries: QUERIES } = RTDETR.constants
/** What lies before the masks: a column a name, and the numbers of the queries that are kept. */
const COLUMNS = QUERIES * NAMES.reduce((sum, name) => sum + VALUES[name], 0) + MAX_NAILS

/** What RT-DETR says of its queries, without their masks. */
export type Queries = Record<Name, Float32Array>

/** RT-DETR's part of the core: queries to nails. */
export class QueryDecoder {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** Which queries are nails, the best first. least: confidence, 0..1. */
  keep({ boxes, scores }: Pick<Queries, 'boxes' | 'scores'>, least: number): number[] {
    const core = this.#core
    const at = this.#place(0)
    const count = scores.length / VALUES.scores
    core.write(at.boxes, boxes, count * VALUES.boxes)
    core.write(at.scores, scores, count * VALUES.scores)
    const found = check(core.wasm.lunula_keep_queries(at.boxes, at.scores, count, least, at.kept))
    return Array.from(new Int32Array(core.wasm.memory.buffer, at.kept, found))
  }

  /**
   * Decodes the kept queries of a region, all of them. masks [kept.length, side, side] logits; look: 0 for the frame's first region,
   * further ones add to it. After `sampleRegion`.
   */
  store(look: number, all: Queries, kept: number[], masks: Float32Array, side: number): void {
    const core = this.#core
    const at = this.#place(kept.length * side * side)
    for (const name of NAMES) {
      const width = VALUES[name]
      const rows = core.floats(at[name], kept.length * width)
      kept.forEach((query, row) => {
        rows.set(all[name].subarray(query * width, (query + 1) * width), row * width)
      })
    }
    core.write(at.masks, masks, kept.length * side * side)
    const { lunula_store_queries: store } = core.wasm
    const { affine } = core.layout
    const { boxes, scores, fingers, keypoints: tips } = at
    check(store(core.session, look, boxes, scores, at.masks, fingers, tips, kept.length, side, affine, 0))
  }

  /** Where each column lies; maskValues: room for the masks behind them. */
  #place(maskValues: number): Record<Name | 'kept' | 'masks', number> {
    let end = this.#core.layout.placeInsteadOfInput(COLUMNS + maskValues)
    const take = (count: number) => {
      const start = end
      end += count * Float32Array.BYTES_PER_ELEMENT
      return start
    }
    const [boxes, scores, fingers, keypoints] = NAMES.map((name) => take(QUERIES * VALUES[name])) as [
      number,
      number,
      number,
      number,
    ]
    return { boxes, scores, fingers, keypoints, kept: take(MAX_NAILS), masks: take(maskValues) }
  }
}
