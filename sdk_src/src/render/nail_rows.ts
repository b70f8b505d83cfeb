import { MAX_NAILS } from '../specs.ts'
import { type PaintedNail, quadOf } from './painted.ts'
import { ROWS } from './shaders/plain_program.ts'

const FLOATS = ROWS * 4

/** The uniform block of the shader: what it knows about each nail. */
export class NailRows {
  readonly data = new Float32Array(MAX_NAILS * FLOATS)

  /** index: place among the nails and layer of the mask; pattern: layer of the pattern, -1 for none. */
  write(index: number, painted: PaintedNail, pattern: number): void {
    const { nail, axes, outline, toMask, coat, color, accent, finish, polish, curve, mirror, end } = painted
    const [a, b, c, d, e, f] = toMask
    // biome-ignore format: one vec4 a line, as in the shader
    this.data.set([
      a, b, c, index,
      d, e, f, polish.opacity,
      axes.x, axes.y, axes.alongX, axes.alongY,
      axes.halfLength, axes.halfWidth, nail.id % 4096, finish,
      ...color, coat.gloss,
      ...accent, coat.shading,
      ...quadOf(outline, end, painted.lengthened),
      outline.tip, outline.start, end, painted.lengthened ? 1 : 0,
      outline.middle, outline.half, coat.natural, pattern,
      ...curve, mirror[1],
      ...painted.along, mirror[0],
      ...painted.across, 0,
    ], index * FLOATS)
  }
}
