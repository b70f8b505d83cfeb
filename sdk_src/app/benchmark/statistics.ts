/** What many measurements come to; milliseconds unless their owner says otherwise. */
export interface Summary {
  readonly n: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly min: number
  readonly max: number
}

/** Percentiles by linear interpolation between order statistics, as numpy's default. Of nothing, everything is 0. */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const mean = n === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / n
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => rounded(percentile(sorted, share))) as [
    number,
    number,
    number,
  ]
  return { n, mean: rounded(mean), p50, p95, p99, min: rounded(sorted[0] ?? 0), max: rounded(sorted[n - 1] ?? 0) }
}

/** sorted: ascending; share: 0 to 1. */
function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return 0
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low + (high - low) * (at - Math.floor(at))
}

/** Browsers' clocks have a tenth of a millisecond at best, five microseconds where the page is isolated. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
