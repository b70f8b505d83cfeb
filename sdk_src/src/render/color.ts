/** Linear light, 0 to 1 each. */
export type LinearRgb = [red: number, green: number, blue: number]

/** `#rgb` or `#rrggbb`, checked before. */
export function parseColor(color: string): LinearRgb {
  const digits = color.slice(1)
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits
  return [0, 2, 4].map((at) => toLinear(Number.parseInt(long.slice(at, at + 2), 16) / 255)) as LinearRgb
}

/** sRGB to linear light (IEC 61966-2-1), 0 to 1. */
export function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Linear light to sRGB, 0 to 1; brighter than white is white. */
export function toSrgb(value: number): number {
  const light = Math.min(Math.max(value, 0), 1)
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
}
