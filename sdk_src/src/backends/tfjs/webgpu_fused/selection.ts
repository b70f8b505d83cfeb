import type { SelectionParams } from '../fused/selection.ts'
import type { Call, Op } from '../op.ts'
import { run, sizeOf } from './program.ts'

/** Each row is ranked in each column by counting the better ones, and writes itself where its rank is asked for. */
export const _Selection: Op = {
  kernels: [],
  run(call: Call) {
    const { rows, columns, count } = call.params as SelectionParams
    const body = `
  let row = index / ${columns};
  let column = index - row * ${columns};
  let own = X[index];
  var rank = 0;
  // Of equal ones the first is better.
  for (var i = 0; i < row; i++) { rank += select(0, 1, X[i * ${columns} + column] >= own); }
  for (var i = row + 1; i < ${rows}; i++) { rank += select(0, 1, X[i * ${columns} + column] > own); }
  if (column == 0 && rank < ${count}) { result[${columns - 1} + rank] = f32(row); }
  if (column > 0 && rank == 0) { result[column - 1] = f32(row); }`
    return run('selection', { X: call.input(0) }, [columns - 1 + count], rows * columns, { body })
  },
}

export const _Gather: Op = {
  kernels: [],
  run(call: Call) {
    const [T, I] = [call.input(0), call.input(1)]
    const channels = T.shape.at(-1)!
    const shape = [I.shape[0]!, channels]
    const body = `
  let row = index / ${channels};
  result[index] = T[i32(I[row]) * ${channels} + index - row * ${channels}];`
    return run('gather', { T, I }, shape, sizeOf(shape), { body })
  },
}
