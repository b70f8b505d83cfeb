import type { Attributes } from './attributes.ts'

/** What a fused operator does after its product: adds a bias, then an activation. */
export function fusion(attributes: Attributes): { bias: boolean; activation: string } {
  const names = attributes.texts('fused_ops').map((name) => name.toLowerCase())
  const bias = names[0] === 'biasadd'
  return { bias, activation: names[bias ? 1 : 0] ?? 'linear' }
}
