import { Attributes } from '../tfjs/attributes.ts'
import { fusion } from '../tfjs/fusion.ts'
import { type GraphDef, inputsOf, type NodeDef, nodesInOrder } from '../tfjs/graph_def.ts'

/** An activation [batch, height, width, channels], NHWC in meaning; each executor lays it out as its device likes. */
export interface Shape {
  batch: number
  height: number
  width: number
  channels: number
}

export type Activation = 'linear' | 'relu' | 'relu6' | 'sigmoid'

/** A convolution and what follows it. Values are named by their index in the plan's shapes; 0 is the network's input. */
export interface Convolution {
  kind: 'convolution' | 'depthwise'
  input: number
  output: number
  /** Of the filter: height, width. */
  size: [height: number, width: number]
  stride: number
  /** What lies outside counts as 0. */
  pad: [top: number, left: number]
  /** convolution: [height, width, in, out]; depthwise: [height, width, channels]. The graph's own, in every plan of it. */
  filter: Float32Array
  /** [out], zeros where the graph has none. */
  bias: Float32Array
  /** After product and bias: depth to space by this block (1: none; in TensorFlow's NHWC order), `add`, the activation. */
  block: number
  /** A value of the output's shape. */
  add?: number
  activation: Activation
}

/** Over height and width: [batch, 1, 1, channels]. */
export interface Mean {
  kind: 'mean'
  input: number
  output: number
}

export type Layer = Convolution | Mean

/** A network for one shape of its input, as the few fused layers that it comes to. */
export interface Plan {
  layers: Layer[]
  /** Of every value. */
  shapes: Shape[]
  /** The values asked for. */
  outputs: number[]
  /** Index of the last layer that reads a value; past the last layer for outputs. */
  lastUse: number[]
}

const ACTIVATIONS: Record<string, Activation> = { Relu: 'relu', Relu6: 'relu6', Sigmoid: 'sigmoid' }
const FUSED: Record<string, Activation | undefined> = {
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
}

const OPERATORS = new Set([
  ...Object.keys(ACTIVATIONS),
  ...['Conv2D', '_FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative', '_FusedMatMul'],
  ...['Mean', 'AddV2', 'DepthToSpace'],
])

/** Whether plans may have an operator of TensorFlow, of graphs that are as they should be. */
export function isPlanned(operator: string): boolean {
  return OPERATORS.has(operator)
}

/** What a plan has no layer for. */
class Unplanned extends Error {}

/**
 * A graph of convolutions as layers: additions, activations and depth-to-space go into the layer whose value they alone
 * read. shape: of the input. Undefined where the graph has something else: TensorFlow.js's kernels compute it then.
 */
export function planOf(graph: GraphDef, shape: number[], outputs: string[]): Plan | undefined {
  const planner = new Planner(graph, shape, outputs)
  try {
    return planner.plan()
  } catch (thrown) {
    if (thrown instanceof Unplanned) return undefined
    throw thrown
  }
}

class Planner {
  readonly #graph: GraphDef
  readonly #order: NodeDef[]
  readonly #outputs: string[]
  readonly #layers: Layer[] = []
  readonly #shapes: Shape[]
  /** Values by the names of the nodes that compute them. */
  readonly #values = new Map<string, number>()
  /** How many nodes and callers read what a node computes. */
  readonly #readers = new Map<string, number>()

  constructor(graph: GraphDef, shape: number[], outputs: string[]) {
    this.#graph = graph
    this.#outputs = outputs
    this.#order = nodesInOrder(graph, outputs)
    const [batch = 1, height = 1, width = 1, channels = 1] = shape
    this.#shapes = [{ batch, height, width, channels }]
    const placeholder = [...graph.nodes.values()].find(({ op }) => op === 'Placeholder')
    if (placeholder) this.#values.set(placeholder.name, 0)
    for (const name of [...this.#order.flatMap(inputsOf), ...outputs])
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1)
  }

  plan(): Plan {
    for (const node of this.#order) this.#values.set(node.name, this.#valueOf(node))
    const outputs = this.#outputs.map((name) => this.#value(name))
    const lastUse = this.#shapes.map(() => -1)
    for (const [index, layer] of this.#layers.entries()) {
      lastUse[layer.input] = index
      if (layer.kind !== 'mean' && layer.add !== undefined) lastUse[layer.add] = index
    }
    for (const output of outputs) lastUse[output] = this.#layers.length
    return { layers: this.#layers, shapes: this.#shapes, outputs, lastUse }
  }

  #valueOf(node: NodeDef): number {
    const activation = ACTIVATIONS[node.op]
    if (activation) return this.#activated(node, activation)
    switch (node.op) {
      case 'Conv2D':
      case '_FusedConv2D':
        return this.#convolution('convolution', node)
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return this.#convolution('depthwise', node)
      case '_FusedMatMul':
        return this.#product(node)
      case 'Mean':
        return this.#mean(node)
      case 'AddV2':
        return this.#sum(node)
      case 'DepthToSpace':
        return this.#spread(node)
      default:
        throw new Unplanned()
    }
  }

  #convolution(kind: Convolution['kind'], node: NodeDef): number {
    const attributes = new Attributes(node.attr)
    const [x, filter] = inputsOf(node)
    const input = this.#value(x)
    const { values, shape } = this.#constant(filter)
    const [height = 0, width = 0, depth, last = 0] = shape
    const { batch, channels, ...image } = this.#shapes[input]!
    const [, stride = 1, right] = attributes.ints('strides')
    const dilated = attributes.ints('dilations').some((step) => step !== 1)
    const multiplied = kind === 'depthwise' && last !== 1
    const first = attributes.text('data_format', 'NHWC') === 'NCHW'
    if (shape.length !== 4 || depth !== channels || stride !== right || dilated || multiplied || first)
      throw new Unplanned()
    const rows = padding(attributes, 0, image.height, height, stride)
    const columns = padding(attributes, 1, image.width, width, stride)
    const size = { height: rows.length, width: columns.length }
    const layer = { kind, input, size: [height, width], stride, pad: [rows.before, columns.before], filter: values }
    const out = kind === 'depthwise' ? channels : last
    return this.#push({ ...layer, ...this.#fused(node, out) } as Convolution, { batch, ...size, channels: out })
  }

  /** A product with a matrix: a convolution over one pixel. */
  #product(node: NodeDef): number {
    const attributes = new Attributes(node.attr)
    const [x, matrix] = inputsOf(node)
    const input = this.#value(x)
    const { values, shape } = this.#constant(matrix)
    const [depth, channels = 0] = shape
    const { batch, ...pixel } = this.#shapes[input]!
    const one = pixel.height === 1 && pixel.width === 1 && pixel.channels === depth
    if (!one || attributes.flag('transpose_a') || attributes.flag('transpose_b')) throw new Unplanned()
    const layer = { kind: 'convolution', input, size: [1, 1], stride: 1, pad: [0, 0], filter: values }
    return this.#push({ ...layer, ...this.#fused(node, channels) } as Convolution, { ...pixel, batch, channels })
  }

  #mean(node: NodeDef): number {
    const [x, axes] = inputsOf(node)
    const input = this.#value(x)
    const along = this.#graph.constants.get(axes ?? '')?.values
    if (along?.length !== 2 || !along.includes(1) || !along.includes(2)) throw new Unplanned()
    return this.#push({ kind: 'mean', input, output: 0 }, { ...this.#shapes[input]!, height: 1, width: 1 })
  }

  #sum(node: NodeDef): number {
    const names = inputsOf(node)
    const values = names.map((name) => this.#value(name))
    // The later of the two runs when the other value is there.
    const order = [0, 1].sort((a, b) => this.#madeBy(values[b]!) - this.#madeBy(values[a]!))
    const into = order.find((at) => {
      const layer = this.#own(names[at]!)
      return layer?.activation === 'linear' && layer.add === undefined
    })
    if (into === undefined || values[0] === values[1]) throw new Unplanned()
    const [value, other] = [values[into]!, values[1 - into]!]
    if (!sameShape(this.#shapes[value]!, this.#shapes[other]!)) throw new Unplanned()
    // Nobody else reads what the layer computes, so it may as well run last.
    const [layer] = this.#layers.splice(this.#madeBy(value), 1) as [Convolution]
    this.#layers.push({ ...layer, add: other })
    return value
  }

  #activated(node: NodeDef, activation: Activation): number {
    const [name = ''] = inputsOf(node)
    const layer = this.#own(name)
    if (layer?.activation !== 'linear') throw new Unplanned()
    layer.activation = activation
    return layer.output
  }

  #spread(node: NodeDef): number {
    const attributes = new Attributes(node.attr)
    const [name = ''] = inputsOf(node)
    const layer = this.#own(name)
    const block = attributes.int('block_size')
    if (layer?.block !== 1 || layer.add !== undefined || attributes.text('data_format', 'NHWC') !== 'NHWC')
      throw new Unplanned()
    const { batch, height, width, channels } = this.#shapes[layer.output]!
    layer.block = block
    this.#shapes[layer.output] = {
      batch,
      height: height * block,
      width: width * block,
      channels: channels / block ** 2,
    }
    return layer.output
  }

  #fused(node: NodeDef, channels: number): Pick<Convolution, 'bias' | 'block' | 'activation'> {
    const { bias: biased, activation: name } = fusion(new Attributes(node.attr))
    const activation = FUSED[name]
    const bias = biased ? this.#constant(inputsOf(node)[2]).values : zeros(channels)
    if (!activation || bias.length !== channels) throw new Unplanned()
    return { bias, block: 1, activation }
  }

  #push(layer: Layer, shape: Shape): number {
    const output = this.#shapes.push(shape) - 1
    this.#layers.push({ ...layer, output })
    return output
  }

  #value(name = ''): number {
    const value = this.#values.get(name)
    if (value === undefined) throw new Unplanned()
    return value
  }

  #constant(name = ''): { values: Float32Array; shape: number[] } {
    const constant = this.#graph.constants.get(name)
    if (!(constant?.values instanceof Float32Array)) throw new Unplanned()
    return { values: constant.values, shape: constant.shape }
  }

  /** Index of the layer that computes a value; -1 for the network's input. */
  #madeBy(value: number): number {
    return this.#layers.findIndex(({ output }) => output === value)
  }

  /** The convolution that computes what only one node reads, so that this node may go into it. */
  #own(name: string): Convolution | undefined {
    const layer = this.#layers[this.#madeBy(this.#value(name))]
    return layer && layer.kind !== 'mean' && this.#readers.get(name) === 1 ? layer : undefined
  }
}

/** What a convolution adds before its first row (axis 0) or column (1), and how many it gives. */
function padding(attributes: Attributes, axis: 0 | 1, side: number, filter: number, stride: number) {
  const kind = attributes.text('padding', 'VALID')
  if (kind === 'SAME') {
    const length = Math.ceil(side / stride)
    return { before: Math.max((length - 1) * stride + filter - side, 0) >> 1, length }
  }
  const sides = kind === 'EXPLICIT' ? attributes.ints('explicit_paddings') : []
  const [before = 0, after = 0] = sides.slice(2 + 2 * axis)
  return { before, length: Math.floor((side + before + after - filter) / stride) + 1 }
}

const ZEROS = new Map<number, Float32Array>()

/** The same ones whenever they are asked for: a device holds them once. */
function zeros(count: number): Float32Array {
  const made = ZEROS.get(count) ?? new Float32Array(count)
  ZEROS.set(count, made)
  return made
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.batch === b.batch && a.height === b.height && a.width === b.width && a.channels === b.channels
}
