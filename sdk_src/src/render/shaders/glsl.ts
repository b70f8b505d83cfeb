/** A GLSL literal. */
export function glsl(value: number | readonly number[]): string {
  if (typeof value !== 'number') return `vec${value.length}(${value.map(glsl).join()})`
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
