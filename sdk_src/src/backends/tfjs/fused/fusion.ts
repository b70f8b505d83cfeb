import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { Input } from '../../backend.ts'
import type { GraphDef } from '../graph_def.ts'
import type { Op } from '../op.ts'
import type { Tail } from './tail.ts'

/** Operators that stand in the place of several of a graph's, on one backend. */
export interface Fusion {
  ops: Record<string, Op>
  /** The graph with these operators in it. drawsFloats: whether draw calls of our own gave what they should. */
  rewrite(graph: GraphDef, drawsFloats: boolean): GraphDef
  /** The input of a graph whose placeholder has `params`, as its operators read it. */
  input?: (input: Input, shape: number[]) => Tensor
  /** Reads values back, where TensorFlow.js takes longer. */
  read?: (tensors: Tensor[]) => Promise<Float32Array[]>
  /** Where it is cheaper than launches: what computes the graph's end. */
  tail?: (graph: GraphDef) => Tail
}
