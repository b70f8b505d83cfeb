import type { Nail } from '../../../sdk_src/src/types.ts'

/** A nail of 20 x 16 pixels at a place, pointing up. */
export function nailAt(x: number, y: number, changes: Partial<Nail> = {}): Nail {
  return {
    id: 0,
    hand: 0,
    finger: 'index',
    confidence: 0.9,
    center: { x, y },
    size: { length: 20, width: 16 },
    direction: -Math.PI / 2,
    keypoints: [
      { x, y: y + 10 },
      { x, y: y - 10 },
    ],
    mask: {
      rect: { x: x - 8, y: y - 10, width: 16, height: 20 },
      transform: [0.5, 0, x - 16, 0, 0.5, y - 16],
      data: new Uint8Array(64 * 64),
      width: 64,
      height: 64,
    },
    contour: new Float32Array([x - 8, y - 10, x + 8, y - 10, x + 8, y + 10, x - 8, y + 10]),
    ...changes,
  }
}
