import { ENGINE } from '@tensorflow/tfjs-core/dist/engine'
import type { Tensor } from '@tensorflow/tfjs-core/dist/tensor'
import type { MasksParams } from '../fused/masks.ts'
import type { Call, Op } from '../op.ts'
import { run, sizeOf } from './program.ts'

/** One pixel of a mask each. */
export const _Masks: Op = {
  kernels: [],
  run(call: Call) {
    const { first } = call.params as MasksParams
    const queries = call.input(2).shape.at(-2)!
    return masks(
      call,
      Array.from({ length: queries - first }, (_, row) => row),
    )
  },
  rows: masks,
}

function masks(call: Call, rows: number[]): Tensor {
  const { grid, side, first, least, most, height } = call.params as MasksParams
  const [P, E, B] = [call.input(0), call.input(1), call.input(2)]
  const channels = E.shape.at(-1)!
  const C = ENGINE.makeTensor(Int32Array.from(rows), [rows.length], 'int32') as Tensor
  const shape = [1, rows.length, side, side]
  const body = `
  let mask = index / ${side * side};
  let y = (index - mask * ${side * side}) / ${side};
  let x = index % ${side};
  let query = ${first} + C[mask];
  var sum = f32(${height});
  for (var k = 0; k < ${channels}; k++) {
    sum += E[query * ${channels} + k] * P[(y * ${grid} + x) * ${channels} + k];
  }
  let center = vec2<f32>(B[query * 4], B[query * 4 + 1]);
  let extent = max(vec2<f32>(B[query * 4 + 2], B[query * 4 + 3]), vec2<f32>(${least})) * 0.5;
  let away = ((vec2<f32>(f32(x), f32(y)) + 0.5) / ${grid}.0 - center) / extent;
  let far = min(away * away, vec2<f32>(${most}));
  result[index] = sum - far.x - far.y;`
  const result = run('masks', { P, E, B, C }, shape, sizeOf(shape), { body })
  C.dispose()
  return result
}
