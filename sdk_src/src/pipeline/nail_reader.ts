import { FINGERS, MASK_SIZE, MAX_NAILS } from '../specs.ts'
import type { Affine, Nail, Rotation6D } from '../types.ts'
import type { CoreExports, Pointer } from './core_exports.ts'
import { HAND_WORD, MASK_VALUES, NAIL_WORDS, ROTATION_VALUES, ROTATION_WORD } from './layout.ts'

/** Reads lunula_nail structs into plain data, scaled from the core's frame to the source's pixels. */
export class NailReader {
  readonly #words: Float32Array
  readonly #integers: Int32Array
  readonly #masks: Uint8Array
  readonly #contours: Pointer
  readonly #buffer: ArrayBuffer
  readonly count: number

  constructor(wasm: CoreExports, session: Pointer, count: number) {
    const { buffer } = wasm.memory
    const nails = wasm.lunula_nails(session)
    this.#buffer = buffer
    this.#words = new Float32Array(buffer, nails, count * NAIL_WORDS)
    this.#integers = new Int32Array(buffer, nails, count * NAIL_WORDS)
    this.#masks = new Uint8Array(buffer, wasm.lunula_masks(session), MAX_NAILS * MASK_VALUES)
    this.#contours = wasm.lunula_contours(session)
    this.count = count
  }

  /** Copies; scaleX, scaleY: source pixels per frame pixel. */
  read(scaleX: number, scaleY: number): Nail[] {
    return Array.from({ length: this.count }, (_, index) => this.#nail(index, scaleX, scaleY))
  }

  #nail(index: number, scaleX: number, scaleY: number): Nail {
    const at = index * NAIL_WORDS
    const words = this.#words.subarray(at, at + NAIL_WORDS) as unknown as Words
    const [, confidence, centerX, centerY, length, width, direction, baseX, baseY, tipX, tipY] = words
    const [a, b, c, d, e, f, x, y, rectWidth, rectHeight] = words.subarray(11, 21) as unknown as Words
    const finger = this.#integers[at]!
    const [maskIndex, contourStart, contourCount] = this.#integers.subarray(at + 21, at + 24) as unknown as Words
    const data = this.#masks.slice(maskIndex * MASK_VALUES, (maskIndex + 1) * MASK_VALUES)
    const contour = new Float32Array(this.#buffer, this.#contours + contourStart * 8, contourCount * 2).slice()
    for (let i = 0; i < contour.length; i += 2) {
      contour[i] = contour[i]! * scaleX
      contour[i + 1] = contour[i + 1]! * scaleY
    }
    const scale = Math.sqrt(scaleX * scaleY)
    const transform: Affine = [a * scaleX, b * scaleX, c * scaleX, d * scaleY, e * scaleY, f * scaleY]
    const rotation = words.slice(ROTATION_WORD, ROTATION_WORD + ROTATION_VALUES)
    const nail: Nail = {
      id: index + 1,
      hand: this.#integers[at + HAND_WORD]!,
      finger: FINGERS[finger] ?? 'unknown',
      confidence,
      center: { x: centerX * scaleX, y: centerY * scaleY },
      size: { length: length * scale, width: width * scale },
      direction,
      keypoints: [
        { x: baseX * scaleX, y: baseY * scaleY },
        { x: tipX * scaleX, y: tipY * scaleY },
      ],
      mask: {
        rect: { x: x * scaleX, y: y * scaleY, width: rectWidth * scaleX, height: rectHeight * scaleY },
        transform,
        data,
        width: MASK_SIZE,
        height: MASK_SIZE,
      },
      contour,
    }
    if (rotation.some((value) => value !== 0)) nail.rotation = [...rotation] as Rotation6D
    return nail
  }
}

/** A typed array whose length is known: TypeScript cannot say so. */
type Words = [number, number, number, number, number, number, number, number, number, number, number] & Float32Array
