import { SHADING } from './coat.ts'
import type { LinearRgb } from './color.ts'

export type Basis = [one: number, u: number, v: number, uu: number]

/** A point on a nail: 1, u, v, u² and the logarithm of the luminance there. */
export interface Sample {
  basis: Basis
  value: number
  color: LinearRgb
}

/** What the photo says about the light on a nail. */
export interface Light {
  basis: Basis
  /** What the polish is multiplied with: warm light takes blue away. */
  tint: LinearRgb
}

/** The light on a nail, a + b u + c v + d u² in logarithms: least squares, then again with outliers counting less. */
export function fitLight(samples: Sample[]): Light {
  return fitted(samples, fitted(samples).basis)
}

/** The twin of \`fitted\` in the vertex shader: change both. */
function fitted(samples: Sample[], before?: Basis): Light {
  // Normal equations with the right side as a fifth column.
  const rows = Array.from({ length: 4 }, () => [0, 0, 0, 0, 0])
  let [count, green, blue] = [1e-3, 1e-3, 1e-3]
  for (const { basis, value, color } of samples) {
    let weight = 1
    if (before) {
      const off = value - basis.reduce((sum, term, i) => sum + term * before[i]!, 0)
      weight = 1 / (1 + (off / (off > 0 ? SHADING.fitBright : SHADING.fitDark)) ** 2)
    }
    count += weight
    green += color[1] * weight
    blue += color[2] * weight
    rows.forEach((row, i) => {
      for (let j = 0; j < 4; j++) row[j]! += weight * basis[i]! * basis[j]!
      row[4]! += weight * basis[i]! * value
    })
  }
  rows.forEach((row, i) => {
    row[i]! += (i === 0 ? 1e-4 : SHADING.fitFlat) * count
  })
  const warmth = Math.min(Math.max(blue / green / SHADING.warmBelow, SHADING.warmest), 1) ** SHADING.warmExponent
  return { basis: solve(rows), tint: [1, 1 + (warmth - 1) * SHADING.warmGreen, warmth] }
}

/** Gauss and Jordan; the matrix is positive definite, so no row needs to change places. */
function solve(rows: number[][]): Basis {
  rows.forEach((row, i) => {
    const pivot = row[i]!
    row.forEach((value, j) => {
      row[j] = value / pivot
    })
    for (const other of rows) {
      if (other === row) continue
      const factor = other[i]!
      other.forEach((value, j) => {
        other[j] = value - factor * row[j]!
      })
    }
  })
  return rows.map((row) => row[4]!) as Basis
}
