import type { GraphDef, NodeDef } from '../../graph_def.ts'
import { inputsOf, nodeName } from '../../graph_def.ts'

/** Operators on images, and which of their inputs are images. */
const IMAGES: Record<string, number[]> = { _Convolution: [0, 3], _Up: [0, 3] }

/**
 * A graph whose operators on images hand them on as they lie in strips: each of them under another name, and the value of
 * its own name is the tensor of it, which nobody computes unless somebody asks for it. An input that only they read is
 * given to them as it is on the device: its placeholder has `params`.
 */
export function withImages({ nodes, constants }: GraphDef): GraphDef {
  const result = new Map(nodes)
  const isImage = (value: string) => nodes.get(nodeName(value))!.op in IMAGES
  const given = (value: string) =>
    nodes.get(value)?.op === 'Placeholder' && readers(nodes, value).every(({ op }) => op in IMAGES)
  const image = (value: string) => {
    if (given(value)) return value
    if (!isImage(value)) result.set(strips(value), { name: strips(value), op: '_ToStrips', input: [value] })
    return strips(value)
  }
  for (const node of nodes.values()) {
    const { name } = node
    if (node.op === 'Placeholder' && given(name)) result.set(name, { ...node, params: 'image' })
    const images = IMAGES[node.op]
    if (!images) continue
    const input = inputsOf(node).map((value, at) => (images.includes(at) ? image(value) : value))
    result.set(strips(name), { ...node, name: strips(name), input })
    result.set(name, { name, op: '_ToTensor', input: [strips(name)] })
  }
  return { nodes: result, constants }
}

function strips(value: string): string {
  return `${value}/strips`
}

function readers(nodes: GraphDef['nodes'], value: string): NodeDef[] {
  return [...nodes.values()].filter((node) => inputsOf(node).includes(value))
}
