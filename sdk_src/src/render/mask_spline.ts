import type { NailMask } from '../types.ts'

/**
 * A mask between its pixels: cubic B-spline, so that enlarging it makes no staircase. x, y in mask pixels.
 * value: 0 to 1; slope: length of the gradient, per mask pixel.
 */
export function sampleMask({ data, width, height }: NailMask, x: number, y: number): { value: number; slope: number } {
  const column = Math.floor(x - 0.5)
  const row = Math.floor(y - 0.5)
  const weightsX = weights(x - 0.5 - column)
  const weightsY = weights(y - 0.5 - row)
  const slopesX = slopes(x - 0.5 - column)
  const slopesY = slopes(y - 0.5 - row)
  let value = 0
  let gradientX = 0
  let gradientY = 0
  for (let j = 0; j < 4; j++) {
    const line = clamp(row + j - 1, height) * width
    for (let i = 0; i < 4; i++) {
      const texel = data[line + clamp(column + i - 1, width)]! / 255
      value += texel * weightsX[i]! * weightsY[j]!
      gradientX += texel * slopesX[i]! * weightsY[j]!
      gradientY += texel * weightsX[i]! * slopesY[j]!
    }
  }
  return { value, slope: Math.hypot(gradientX, gradientY) }
}

function weights(f: number): number[] {
  return [(1 - f) ** 3 / 6, (4 - 6 * f * f + 3 * f ** 3) / 6, (1 + 3 * f + 3 * f * f - 3 * f ** 3) / 6, f ** 3 / 6]
}

function slopes(f: number): number[] {
  return [-((1 - f) ** 2) / 2, (-4 * f + 3 * f * f) / 2, (1 + 2 * f - 3 * f * f) / 2, (f * f) / 2]
}

function clamp(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1)
}
