/** Small graphs, one an operator, in TensorFlow's own form. */
import type { AttributeDef } from '../../../sdk_src/src/backends/tfjs/attributes.ts'

/** A constant of int32 (plain numbers) or float32 (shaped). */
export type Value = number | number[] | number[][] | { shape: number[] }

export interface OperatorCase {
  op: string
  /** Shape of the graph's input. */
  shape: number[]
  /** The other inputs, all constants. */
  constants?: Value[]
  /** Where the graph's input stands among the inputs. */
  at?: number
  attr?: Record<string, AttributeDef>
  outputs?: number
}

const i = (value: number): AttributeDef => ({ i: `${value}` })
const ints = (...values: number[]): AttributeDef => ({ list: { i: values.map(String) } })
const text = (value: string): AttributeDef => ({ s: btoa(value) })
const texts = (...values: string[]): AttributeDef => ({ list: { s: values.map((value) => btoa(value)) } })
const FLOAT: AttributeDef = { type: 'DT_FLOAT' }

const IMAGE = [1, 7, 9, 4]
const CONV = { T: FLOAT, data_format: text('NHWC'), strides: ints(1, 2, 2, 1), dilations: ints(1, 1, 1, 1) }
const EXPLICIT = { padding: text('EXPLICIT'), explicit_paddings: ints(0, 0, 1, 0, 0, 1, 0, 0) }
const DEPTHWISE = { ...CONV, strides: ints(1, 1, 1, 1) }
const POOL = { ksize: ints(1, 3, 3, 1), strides: ints(1, 2, 2, 1), padding: text('SAME'), T: FLOAT }
const fused = (...names: string[]) => ({ fused_ops: texts(...names), num_args: i(1), leakyrelu_alpha: { f: 0.1 } })

const UNARY =
  'Relu Relu6 Elu Sigmoid Tanh Softplus Erf Exp Square Abs Neg Floor Ceil Round Sin Cos Log Sqrt Rsqrt Reciprocal'.split(
    ' ',
  )
const BINARY =
  'Add AddV2 Sub Mul RealDiv Div Maximum Minimum SquaredDifference Greater GreaterEqual Less LessEqual Equal NotEqual Pow FloorDiv'.split(
    ' ',
  )

export const OPERATORS: OperatorCase[] = [
  ...UNARY.map((op) => ({ op, shape: [2, 3] })),
  ...BINARY.flatMap((op) => [
    { op, shape: [2, 3], constants: [{ shape: [3] }] },
    { op, shape: [2, 3], constants: [{ shape: [2, 1] }], at: 1 },
  ]),
  { op: 'LeakyRelu', shape: [2, 3], attr: { alpha: { f: 0.3 } } },
  { op: 'Prelu', shape: [2, 3], constants: [{ shape: [3] }] },
  { op: 'Conv2D', shape: IMAGE, constants: [{ shape: [3, 3, 4, 5] }], attr: { ...CONV, padding: text('SAME') } },
  { op: 'Conv2D', shape: IMAGE, constants: [{ shape: [3, 3, 4, 5] }], attr: { ...CONV, padding: text('VALID') } },
  { op: 'Conv2D', shape: IMAGE, constants: [{ shape: [3, 3, 4, 5] }], attr: { ...CONV, ...EXPLICIT } },
  {
    op: 'DepthwiseConv2dNative',
    shape: IMAGE,
    constants: [{ shape: [3, 3, 4, 1] }],
    attr: { ...DEPTHWISE, padding: text('SAME') },
  },
  ...['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map((activation) => ({
    op: '_FusedConv2D',
    shape: IMAGE,
    constants: [{ shape: [3, 3, 4, 5] }, { shape: [5] }],
    attr: { ...CONV, ...EXPLICIT, ...fused('BiasAdd', activation) },
  })),
  {
    op: '_FusedConv2D',
    shape: IMAGE,
    constants: [{ shape: [3, 3, 4, 5] }, { shape: [5] }],
    attr: { ...CONV, padding: text('SAME'), ...fused('BiasAdd') },
  },
  {
    op: 'FusedDepthwiseConv2dNative',
    shape: IMAGE,
    constants: [{ shape: [3, 3, 4, 1] }, { shape: [4] }],
    attr: { ...DEPTHWISE, ...EXPLICIT, ...fused('BiasAdd', 'Relu6') },
  },
  { op: 'MaxPool', shape: IMAGE, attr: POOL },
  { op: 'AvgPool', shape: IMAGE, attr: POOL },
  { op: 'MatMul', shape: [4, 3], constants: [{ shape: [5, 3] }], attr: { transpose_b: { b: true } } },
  { op: 'BatchMatMul', shape: [2, 4, 3], constants: [{ shape: [2, 3, 5] }] },
  { op: 'BatchMatMulV2', shape: [2, 4, 3], constants: [{ shape: [2, 5, 3] }], attr: { adj_y: { b: true } } },
  { op: '_FusedMatMul', shape: [4, 3], constants: [{ shape: [3, 5] }, { shape: [5] }], attr: fused('BiasAdd', 'Relu') },
  ...['Mean', 'Sum', 'Prod', 'Min', 'Max'].flatMap((op) => [
    { op, shape: IMAGE, constants: [[1, 2]], attr: { keep_dims: { b: false } } },
    { op, shape: IMAGE, constants: [-1], attr: { keep_dims: { b: true } } },
  ]),
  { op: 'AddN', shape: [2, 3], constants: [{ shape: [2, 3] }], attr: { N: i(2) } },
  { op: 'ArgMax', shape: [3, 4], constants: [1] },
  { op: 'TopKV2', shape: [3, 5], constants: [2], attr: { sorted: { b: true } }, outputs: 2 },
  { op: 'Softmax', shape: [2, 3, 4] },
  { op: 'Identity', shape: [2, 3] },
  { op: 'Reshape', shape: [2, 6], constants: [[3, -1]] },
  { op: 'Squeeze', shape: [1, 3, 1, 2], attr: { squeeze_dims: ints(2) } },
  { op: 'ExpandDims', shape: [2, 3], constants: [1] },
  { op: 'Transpose', shape: [2, 3, 4], constants: [[2, 0, 1]] },
  { op: 'ConcatV2', shape: [2, 3], constants: [{ shape: [2, 1] }, -1], attr: { N: i(2) } },
  { op: 'Pack', shape: [2, 3], constants: [{ shape: [2, 3] }], attr: { axis: i(1), N: i(2) } },
  { op: 'Unpack', shape: [2, 3], attr: { axis: i(1), num: i(3) }, outputs: 3 },
  { op: 'Split', shape: [2, 6], constants: [1], at: 1, attr: { num_split: i(3) }, outputs: 3 },
  { op: 'SplitV', shape: [2, 6], constants: [[1, 5], 1], attr: { num_split: i(2) }, outputs: 2 },
  {
    op: 'Slice',
    shape: [4, 5],
    constants: [
      [1, 2],
      [2, -1],
    ],
  },
  {
    op: 'StridedSlice',
    shape: [4, 5, 2],
    constants: [
      [0, 4, 0],
      [3, 0, 1],
      [1, -2, 1],
    ],
    attr: { begin_mask: i(1), end_mask: i(1), shrink_axis_mask: i(4) },
  },
  { op: 'GatherV2', shape: [4, 5], constants: [[3, 0, 3], 1] },
  { op: 'Tile', shape: [2, 3], constants: [[2, 2]] },
  {
    op: 'Pad',
    shape: [2, 3],
    constants: [
      [
        [0, 1],
        [2, 0],
      ],
    ],
  },
  { op: 'ClipByValue', shape: [2, 3], constants: [{ shape: [] }, { shape: [] }] },
  {
    op: 'PadV2',
    shape: [2, 3],
    constants: [
      [
        [0, 1],
        [2, 0],
      ],
      { shape: [] },
    ],
  },
  { op: 'DepthToSpace', shape: [1, 2, 3, 8], attr: { block_size: i(2), data_format: text('NHWC') } },
  { op: 'ResizeBilinear', shape: IMAGE, constants: [[5, 6]], attr: { half_pixel_centers: { b: true } } },
  { op: 'ResizeNearestNeighbor', shape: IMAGE, constants: [[14, 18]], attr: { align_corners: { b: false } } },
  { op: 'Cast', shape: [2, 3], attr: { SrcT: FLOAT, DstT: { type: 'DT_INT32' } } },
]
