import type { Plan } from '../plan.ts'

/** Which of a few buffers each value of a plan lies in: one that nobody reads any more is used again. */
export interface Slots {
  /** Of each value; 0 is the input's alone. */
  slots: number[]
  /** Bytes of each. */
  sizes: number[]
}

/** bytes: of each value. No two values that are needed at one time share a slot, nor a layer's input and output. */
export function slotsOf({ layers, shapes, lastUse }: Plan, bytes: number[]): Slots {
  const sizes = [bytes[0]!]
  const slots = shapes.map(() => 0)
  let free: number[] = []
  for (const [index, { output }] of layers.entries()) {
    const size = bytes[output]!
    const fitting = free.filter((slot) => sizes[slot]! >= size).sort((a, b) => sizes[a]! - sizes[b]!)
    const largest = free.toSorted((a, b) => sizes[b]! - sizes[a]!)
    const slot = fitting[0] ?? largest[0] ?? sizes.push(0) - 1
    sizes[slot] = Math.max(sizes[slot]!, size)
    slots[output] = slot
    free = free.filter((other) => other !== slot)
    for (const [value, last] of lastUse.entries()) {
      if (value > 0 && last === index) free.push(slots[value]!)
    }
  }
  return { slots, sizes }
}
