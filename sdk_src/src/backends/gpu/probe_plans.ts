import { SMALL_GRAPH } from '../tfjs/probe_answer.ts'
import type { Convolution, Plan } from './plan.ts'

/** A layer of a stack: reads the value before it. */
type Step = Pick<Convolution, 'kind' | 'size' | 'filter'> & Partial<Convolution> & { channels: number }

const ONE: [number, number] = [1, 1]
const THREE: [number, number] = [3, 3]

/** The small graph of the probe, whose answer is known. */
export function smallPlan(): Plan {
  const { shape, conv: full, depthwise, pointwise } = SMALL_GRAPH
  const [side, channels] = shape
  return stack(side, channels, [
    { kind: 'convolution', size: THREE, filter: full, channels, activation: 'relu6' },
    { kind: 'depthwise', size: THREE, filter: depthwise, channels, add: 0 },
    { kind: 'convolution', size: ONE, filter: pointwise, channels: 4, block: 2 },
  ])
}

/** So many blocks of a depthwise and a pointwise convolution, then one channel of all. */
export function speedPlan(side: number, channels: number, blocks: number): Plan {
  const depthwise = wave(9 * channels, 2)
  const pointwise = wave(channels * channels, 3)
  const block: Step[] = [
    { kind: 'depthwise', size: THREE, filter: depthwise, channels, activation: 'relu6' },
    { kind: 'convolution', size: ONE, filter: pointwise, channels, activation: 'relu6' },
  ]
  const last: Step = { kind: 'convolution', size: ONE, filter: wave(channels, 4), channels: 1 }
  return stack(side, channels, [...Array.from({ length: blocks }, () => block).flat(), last])
}

/** Values between -0.3 and 0.3 that look like chance. */
export function wave(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed) * 0.3)
}

function stack(side: number, channels: number, steps: Step[]): Plan {
  const image = { batch: 1, height: side, width: side, channels }
  const layers = steps.map(({ channels: out, ...step }, index): Convolution => {
    const pad: [number, number] = [step.size[0] >> 1, step.size[1] >> 1]
    const block = step.block ?? 1
    const defaults = { stride: 1, pad, block, activation: 'linear' as const, bias: new Float32Array(out) }
    return { ...defaults, ...step, input: index, output: index + 1 }
  })
  const made = steps.map(({ channels: out, block = 1 }) => {
    return { batch: 1, height: side * block, width: side * block, channels: out / block ** 2 }
  })
  const last = layers.length
  const lastUse = [image, ...made].map((_, value) =>
    Math.max(value, ...layers.flatMap((l, at) => (l.add === value ? [at] : []))),
  )
  return { layers, shapes: [image, ...made], outputs: [last], lastUse }
}
