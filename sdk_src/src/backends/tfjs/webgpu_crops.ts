import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu'
import type { Extent } from '../../pipeline/extent.ts'
import { NORMALISATIONS, SAMPLED_MODELS } from '../../specs.ts'
import type { Crops, DeviceInput } from '../backend.ts'

/** Floats of an affine. */
const AFFINE = 6
/** Floats of the shader's Params: vec3 are aligned to four. */
const PARAMS = 12
/** Side of a workgroup: one invocation an output pixel. */
const GROUP = 8

/**
 * What `lunula_sample` does in the core (`sdk_src/core/src/sample.cpp`): as many bilinear taps a side as frame pixels lie
 * under an output pixel, eight at most; what lies outside of the frame has neither colour nor weight, so that it comes
 * out as 0.
 */
const SHADER = `
struct Params { inverse: vec3f, mean: vec3f, size: vec2u }

@group(0) @binding(0) var frame: texture_2d<f32>;
@group(0) @binding(1) var<storage, read> affines: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;

fn texel(at: vec2i) -> vec4f {
  if (any(at < vec2i(0)) || any(at >= vec2i(textureDimensions(frame)))) { return vec4f(0); }
  return vec4f(textureLoad(frame, at, 0).rgb, 1);
}

fn tap(position: vec2f) -> vec4f {
  let corner = floor(position);
  let part = position - corner;
  let at = vec2i(corner);
  let above = mix(texel(at), texel(at + vec2i(1, 0)), part.x);
  let below = mix(texel(at + vec2i(0, 1)), texel(at + vec2i(1, 1)), part.x);
  return mix(above, below, part.y);
}

@compute @workgroup_size(${GROUP}, ${GROUP}) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) { return; }
  let m = id.z * ${AFFINE};
  let x = vec3f(affines[m], affines[m + 1], affines[m + 2]);
  let y = vec3f(affines[m + 3], affines[m + 4], affines[m + 5]);
  let span = max(length(vec2f(x.x, y.x)), length(vec2f(x.y, y.y)));
  let taps = clamp(ceil(span - 1e-3), 1, 8);
  var sum = vec4f(0);
  for (var i = 0.5; i < taps; i += 1) {
    for (var j = 0.5; j < taps; j += 1) {
      let p = vec3f(vec2f(id.xy) + vec2f(j, i) / taps, 1);
      sum += tap(vec2f(dot(x, p), dot(y, p)) - 0.5);
    }
  }
  let value = (sum.rgb - sum.a * params.mean) * params.inverse / (taps * taps);
  let out = ((id.z * params.size.y + id.y) * params.size.x + id.x) * 3;
  values[out] = value.r;
  values[out + 1] = value.g;
  values[out + 2] = value.b;
}`

/** Inputs cut on a WebGPU device. What it holds ends with the device. */
export class WebgpuCrops implements Crops {
  readonly #backend: WebGPUBackend
  readonly #device: GPUDevice
  readonly #pipeline: GPUComputePipeline
  readonly #params: GPUBuffer
  #affines: GPUBuffer | undefined
  #values: GPUBuffer | undefined
  #frame: GPUTexture | undefined
  #takes = true

  /** Compiles the shader on the backend's device. Throws where that cannot be. */
  static async open(backend: WebGPUBackend): Promise<WebgpuCrops> {
    const module = backend.device.createShaderModule({ code: SHADER })
    const pipeline = await backend.device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
    return new WebgpuCrops(backend, pipeline)
  }

  private constructor(backend: WebGPUBackend, pipeline: GPUComputePipeline) {
    this.#backend = backend
    this.#device = backend.device
    this.#pipeline = pipeline
    this.#params = this.#device.createBuffer({
      size: PARAMS * 4,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    })
  }

  take(frame: VideoFrame | ImageBitmap, { width, height }: Extent): boolean {
    if (!this.#takes) return false
    if (this.#frame?.width !== width || this.#frame.height !== height) {
      this.#frame?.destroy()
      this.#frame = this.#device.createTexture({
        size: [width, height],
        format: 'rgba8unorm',
        usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
      })
    }
    try {
      this.#device.queue.copyExternalImageToTexture({ source: frame }, { texture: this.#frame }, [width, height])
    } catch {
      this.#takes = false // Chromium without a graphics card takes no frames of videos
    }
    return this.#takes
  }

  cut(affines: Float32Array, { width, height }: Extent, model: number, batch: number): DeviceInput {
    if (!this.#frame) throw new Error('no frame was taken')
    const count = affines.length / AFFINE
    const { mean, std } = NORMALISATIONS[SAMPLED_MODELS[model]!]
    const params = new Float32Array(PARAMS)
    params.set(std.map((deviation) => 1 / deviation))
    params.set(mean, 4)
    new Uint32Array(params.buffer).set([width, height], 8)
    this.#affines = this.#roomFor(this.#affines, affines.length)
    this.#values = this.#roomFor(this.#values, batch * width * height * 3)
    const { queue } = this.#device
    queue.writeBuffer(this.#params, 0, params)
    queue.writeBuffer(this.#affines, 0, affines as Float32Array<ArrayBuffer>)
    const commands = this.#device.createCommandEncoder()
    const pass = commands.beginComputePass()
    pass.setPipeline(this.#pipeline)
    const resources = [this.#frame.createView(), ...[this.#affines, this.#params, this.#values].map(whole)]
    const entries = resources.map((resource, binding) => ({ binding, resource }))
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(Math.ceil(width / GROUP), Math.ceil(height / GROUP), count)
    pass.end()
    queue.submit([commands.finish()])
    const buffer = this.#values
    return {
      buffer,
      tensor: (shape) => this.#backend.createTensorFromGPUData({ buffer, zeroCopy: true }, shape, 'float32'),
    }
  }

  /** A buffer of at least so many floats: the given one, or a larger one in its place. */
  #roomFor(buffer: GPUBuffer | undefined, floats: number): GPUBuffer {
    if (buffer && buffer.size >= floats * 4) return buffer
    buffer?.destroy()
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    return this.#device.createBuffer({ size: floats * 4, usage })
  }
}

function whole(buffer: GPUBuffer): GPUBufferBinding {
  return { buffer }
}
