import type { UpParams } from '../fused/convolution.ts'
import type { Call, Op } from '../op.ts'
import { ACTIVATIONS, run, sizeOf } from './program.ts'

/** Each pixel of the output is a pixel of the input times one of four parts of the filter. */
export const _Up: Op = {
  kernels: [],
  run(call: Call) {
    const { activation } = call.params as UpParams
    const [X, F, B, R] = [call.input(0), call.input(1), call.input(2), call.input(3)]
    const [inside, four] = F.shape as [number, number]
    const [, , width, outside] = R.shape as [1, height: number, width: number, channels: number]
    const body = `
  let pixel = index / ${outside};
  let y = pixel / ${width};
  let x = pixel - y * ${width};
  let column = ((y & 1) * 2 + (x & 1)) * ${outside} + index - pixel * ${outside};
  let start = ((y / 2) * ${width / 2} + x / 2) * ${inside};
  var sum = B[column];
  for (var k = 0; k < ${inside}; k++) { sum += X[start + k] * F[k * ${four} + column]; }
  sum += R[index];
  result[index] = ${ACTIVATIONS[activation]};`
    return run('up', { X, F, B, R }, R.shape, sizeOf(R.shape), { body })
  },
}
