import type { ModelFiles } from '../../models_cache/models.ts'
import type { AttributeDef } from './attributes.ts'
import { type Constant, readWeights, type WeightDef } from './weights.ts'

/** `model.json` of TensorFlow.js, as far as it is read. */
interface ModelDef {
  modelTopology: { node: NodeDef[] }
  weightsManifest: { weights: WeightDef[] }[]
}

/** A node as `model.json` has it. */
export interface NodeDef {
  name: string
  op: string
  input?: string[]
  attr?: Record<string, AttributeDef>
  /** Of a fused node: what its kernel needs to know. */
  params?: unknown
}

/** A graph and its constants, by their names. */
export interface GraphDef {
  nodes: Map<string, NodeDef>
  constants: Map<string, Constant>
}

/** Throws on a constant of a type that is not known. */
export function readGraph({ graph, weights }: Pick<ModelFiles, 'graph' | 'weights'>): GraphDef {
  const { modelTopology, weightsManifest } = JSON.parse(graph) as ModelDef
  return {
    nodes: new Map(modelTopology.node.map((node) => [node.name, node])),
    constants: readWeights(
      weightsManifest.flatMap((group) => group.weights),
      weights,
    ),
  }
}

/** The nodes that compute outputs, each after its inputs. Throws when one is not there. */
export function nodesInOrder({ nodes }: Pick<GraphDef, 'nodes'>, outputs: string[]): NodeDef[] {
  const order: NodeDef[] = []
  const seen = new Set<string>()
  const visit = (value: string) => {
    const node = nodes.get(nodeName(value))
    if (!node) throw new Error(`the graph has no node ${value}`)
    if (seen.has(node.name)) return
    seen.add(node.name)
    if (node.op === 'Placeholder' || node.op === 'Const') return
    inputsOf(node).forEach(visit)
    order.push(node)
  }
  outputs.forEach(visit)
  return order
}

/** The values that a node reads. */
export function inputsOf({ input = [] }: NodeDef): string[] {
  return input.filter((name) => !name.startsWith('^')).map(tensorName)
}

/** Output 0 of a node has two names: `name:0` and `name`. */
export function tensorName(name: string): string {
  return name.endsWith(':0') ? name.slice(0, -2) : name
}

export function nodeName(tensor: string): string {
  return tensor.replace(/:\d+$/, '')
}
