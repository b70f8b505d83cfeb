import { kernel, type Op } from '../op.ts'

export const Relu = unary('Relu')
export const Relu6 = unary('Relu6')
export const Elu = unary('Elu')
export const Sigmoid = unary('Sigmoid')
export const Tanh = unary('Tanh')
export const Softplus = unary('Softplus')
export const Erf = unary('Erf')
export const Exp = unary('Exp')
export const Log = unary('Log')
export const Sqrt = unary('Sqrt')
export const Rsqrt = unary('Rsqrt')
export const Square = unary('Square')
export const Abs = unary('Abs')
export const Neg = unary('Neg')
export const Floor = unary('Floor')
export const Ceil = unary('Ceil')
export const Round = unary('Round')
export const Reciprocal = unary('Reciprocal')
export const Sin = unary('Sin')
export const Cos = unary('Cos')

export const Add = binary('Add')
export const AddV2 = binary('Add')
export const Sub = binary('Sub')
export const Mul = binary('Multiply')
export const RealDiv = binary('RealDiv')
export const Div = binary('RealDiv')
export const FloorDiv = binary('FloorDiv')
export const Maximum = binary('Maximum')
export const Minimum = binary('Minimum')
export const Pow = binary('Pow')
export const SquaredDifference = binary('SquaredDifference')
export const Equal = binary('Equal')
export const NotEqual = binary('NotEqual')
export const Greater = binary('Greater')
export const GreaterEqual = binary('GreaterEqual')
export const Less = binary('Less')
export const LessEqual = binary('LessEqual')

export const AddN: Op = {
  kernels: ['AddN'],
  run: (call) =>
    kernel(
      'AddN',
      Array.from({ length: call.count }, (_, index) => call.input(index)),
    ),
}
export const LeakyRelu: Op = {
  kernels: ['LeakyRelu'],
  run: (call) => kernel('LeakyRelu', { x: call.input(0) }, { alpha: call.attributes.float('alpha', 0.2) }),
}
export const Prelu: Op = {
  kernels: ['Prelu'],
  run: (call) => kernel('Prelu', { x: call.input(0), alpha: call.input(1) }),
}
export const ClipByValue: Op = {
  kernels: ['ClipByValue'],
  run: (call) => {
    const [clipValueMin, clipValueMax] = [call.constant(1)[0], call.constant(2)[0]]
    return kernel('ClipByValue', { x: call.input(0) }, { clipValueMin, clipValueMax })
  },
}
export const Cast: Op = {
  kernels: ['Cast'],
  run: (call) => kernel('Cast', { x: call.input(0) }, { dtype: call.attributes.dtype('DstT') }),
}

/* @__NO_SIDE_EFFECTS__ */
function unary(name: string): Op {
  return { kernels: [name], run: (call) => kernel(name, { x: call.input(0) }) }
}

/* @__NO_SIDE_EFFECTS__ */
function binary(name: string): Op {
  return { kernels: [name], run: (call) => kernel(name, { a: call.input(0), b: call.input(1) }) }
}
