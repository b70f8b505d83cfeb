import type { KernelConfig } from '@tensorflow/tfjs-core/dist/kernel_registry'
import { type Conv2DInfo, computeConv2DInfo } from '@tensorflow/tfjs-core/dist/ops/conv_util'
import type { TensorInfo } from '@tensorflow/tfjs-core/dist/tensor_info'
import type { KernelArguments } from './heap.ts'

/** What sdk_src/kernels/convolution.cpp exports; its arguments are told there. */
type Run = (...numbers: number[]) => void
interface Exports {
  pointwise: Run
  spatial: Run
  depthwise: Run
}

interface Inputs {
  x: TensorInfo
  filter: TensorInfo
  bias?: TensorInfo
}
export interface Attributes {
  strides: [number, number]
  dilations: [number, number]
  pad: 'same' | 'valid' | number[][]
  dataFormat: string
  activation: string
}

type Call = KernelArguments<Inputs, Attributes>

/** (a, b, c) => f32x4.relaxed_madd(a, b, c), as a module. */
const MADD =
  '\0asm\x01\0\0\0\x01\x08\x01\x60\x03\x7b\x7b\x7b\x01\x7b\x03\x02\x01\0\x0a\x0d\x01\x0b\0\x20\0\x20\x01\x20\x02\xfd\x85\x02\x0b'
/** TensorFlow.js's module, with what it does not declare of it. */
export interface WasmModule {
  _malloc(bytes: number): number
  _free(address: number): void
  asm: { memory: WebAssembly.Memory }
}

/** What is clamped to which range is computed here. */
const ACTIVATIONS: Record<string, [low: number, high: number]> = {
  linear: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  relu: [0, Number.POSITIVE_INFINITY],
  relu6: [0, 6],
}
const SPATIAL_CHANNELS = 4
const FLOAT_BYTES = 4

let convolution: Convolution | undefined

/** Loads the convolutions. Where they cannot be had, TensorFlow.js's own go on. */
export async function loadConvolutions(assets: string): Promise<WebAssembly.Module | undefined> {
  const name = WebAssembly.validate(Uint8Array.from(MADD, (letter) => letter.charCodeAt(0))) ? '_relaxed' : ''
  try {
    const response = await fetch(new URL(`lunula_convolution${name}.wasm`, assets))
    return response.ok ? await WebAssembly.compile(await response.arrayBuffer()) : undefined
  } catch {
    return undefined
  }
}

/** Lets them work on the memory of TensorFlow.js's module from now on. */
export async function useConvolutions(module: WebAssembly.Module | undefined, wasm: WasmModule): Promise<void> {
  convolution = undefined
  if (!module) return
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: wasm.asm.memory } })
  convolution = new Convolution(exports as unknown as Exports, wasm)
}

/** TensorFlow.js's kernel, or the same computed faster where `run` has a way. */
export function faster(
  config: KernelConfig,
  run: (convolution: Convolution, call: Call, info: Conv2DInfo) => TensorInfo | undefined,
  depthwise = false,
): KernelConfig {
  const of = config.kernelFunc as unknown as (call: Call) => TensorInfo
  const kernelFunc = (call: Call) => {
    const { inputs, attrs, backend } = call
    if (!convolution?.worksOn(backend.wasm) || attrs.dataFormat !== 'NHWC' || !(attrs.activation in ACTIVATIONS))
      return of(call)
    const shape = (tensor: TensorInfo) => tensor.shape as [number, number, number, number]
    const { strides, dilations, pad } = attrs
    const info = computeConv2DInfo(
      shape(inputs.x),
      shape(inputs.filter),
      strides,
      dilations,
      pad as 'same',
      undefined,
      depthwise,
    )
    const dilated = info.dilationHeight !== 1 || info.dilationWidth !== 1
    return (!dilated && run(convolution, call, info)) || of(call)
  }
  return { ...config, kernelFunc: kernelFunc as unknown as KernelConfig['kernelFunc'] }
}

/** Each method computes what it has a way for, or gives undefined. */
export class Convolution {
  readonly #exports: Exports
  readonly #wasm: WasmModule
  #scratch = { at: 0, floats: 0 }

  constructor(exports: Exports, wasm: WasmModule) {
    this.#exports = exports
    this.#wasm = wasm
  }

  /** Opened twice, TensorFlow.js goes on with the first module. */
  worksOn(wasm: unknown): boolean {
    return wasm === this.#wasm
  }

  dense(call: Call, info: Conv2DInfo): TensorInfo | undefined {
    const { batchSize, inHeight, inWidth, inChannels, outChannels } = info
    const { filterHeight: size, filterWidth, strideHeight: stride, strideWidth } = info
    if (size !== filterWidth || stride !== strideWidth) return undefined
    if (size === 1 && stride === 1) {
      const place = [batchSize * inHeight * inWidth, inChannels, outChannels]
      return this.#run('pointwise', call, info, place, 8 * (inChannels + 1))
    }
    if (size !== 3 || inChannels > SPATIAL_CHANNELS) return undefined
    const panels = 8 * Math.ceil(outChannels / 8) * (9 * inChannels + 1)
    const place = [batchSize, inHeight, inWidth, inChannels, stride, ...corner(info), outChannels]
    return this.#run('spatial', call, info, place, panels + rows(info))
  }

  depthwise(call: Call, info: Conv2DInfo): TensorInfo | undefined {
    const { batchSize, inHeight, inWidth, inChannels, outChannels } = info
    const { filterHeight: size, filterWidth, strideHeight: stride, strideWidth } = info
    const known = (size === 3 || size === 5) && stride <= 2 && size === filterWidth && stride === strideWidth
    if (!known || inChannels < 4 || inChannels !== outChannels) return undefined
    const place = [batchSize, inHeight, inWidth, inChannels, size, stride, ...corner(info)]
    return this.#run('depthwise', call, info, place, rows(info))
  }

  #run(
    name: keyof Exports,
    { inputs, attrs, backend }: Call,
    { outShape }: Conv2DInfo,
    place: number[],
    scratchFloats: number,
  ): TensorInfo {
    const { x, filter, bias } = inputs
    const address = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset
    const out = backend.makeOutput(outShape, 'float32')
    const scratch = this.#scratchOf(scratchFloats)
    const range = ACTIVATIONS[attrs.activation]!
    const weights = [address(filter), bias ? address(bias) : 0]
    this.#exports[name](address(x), ...place, ...weights, ...range, scratch, address(out))
    return out
  }

  /** Memory that stays, as large as was ever asked for. */
  #scratchOf(floats: number): number {
    if (this.#scratch.floats < floats) {
      this.#wasm._free(this.#scratch.at)
      this.#scratch = { at: this.#wasm._malloc(floats * FLOAT_BYTES), floats }
    }
    return this.#scratch.at
  }
}

function corner({ padInfo, outHeight, outWidth }: Conv2DInfo): number[] {
  return [padInfo.top, padInfo.left, outHeight, outWidth]
}

/** Floats of as many padded rows as the filter is high. */
function rows({ filterHeight, inWidth, inChannels, outWidth, strideWidth, padInfo }: Conv2DInfo): number {
  return filterHeight * inChannels * Math.max((outWidth - 1) * strideWidth + filterHeight, padInfo.left + inWidth)
}
