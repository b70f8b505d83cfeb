import type { Input } from '../backend.ts'
import type { Executor } from './executor.ts'
import type { Plan } from './plan.ts'
import { CHOICES } from './webgl/choices.ts'
import { type Layout, tileRows } from './webgl/layout.ts'
import { Programs, UNITS, WEIGHTS_BINDING } from './webgl/programs.ts'
import { type Draw, FIRST, type Recorder, type Recording, record } from './webgl/recording.ts'
import { PACKED_WIDTH } from './webgl/shaders/pack.ts'
import { bind, drawing } from './webgl/state.ts'
import { Surface } from './webgl/surface.ts'
import { Turn } from './webgl/turn.ts'
import { WeightStore } from './webgl/weight_store.ts'

/** A run that is waited for longer leaves time for messages. */
const SLOW_MS = 50

/**
 * Computes plans with WebGL 2, a draw call a layer, on TensorFlow.js's own context (see `drawing`). What it holds ends with
 * the context.
 */
export class WebglExecutor implements Executor {
  readonly programs: Programs
  readonly #gl: WebGL2RenderingContext
  readonly #recorder: Recorder
  readonly #weights: WeightStore
  readonly #surfaces = new Map<string, Surface>()
  readonly #packed: Surface
  #turn: Turn | undefined
  readonly #recordings = new Map<Plan, Recording>()

  /** Throws where the context cannot draw to float textures. */
  constructor(gl: WebGL2RenderingContext, choices = CHOICES) {
    if (!gl.getExtension('EXT_color_buffer_float')) throw new Error('float textures cannot be drawn to')
    this.#gl = gl
    this.programs = new Programs(gl)
    this.#weights = new WeightStore(gl, choices.blockBytes)
    this.#packed = new Surface(gl, 1)
    const targets = Math.min(
      choices.layers,
      gl.getParameter(gl.MAX_DRAW_BUFFERS),
      gl.getParameter(gl.MAX_COLOR_ATTACHMENTS),
    )
    this.#recorder = {
      programs: this.programs,
      weights: this.#weights,
      most: 2 ** Math.floor(Math.log2(targets)),
      surface: (layers, index) => this.#surface(`${layers} ${index}`, layers),
      input: (layers) => this.input(layers),
      packed: this.#packed,
    }
  }

  /** Where the input of the next run lies, for inputs of so many layers. */
  input(layers = 1): Surface {
    return this.#surface(`input ${layers}`, layers)
  }

  async prepare(plan: Plan): Promise<void> {
    this.#turn?.read() // surfaces may be made anew
    const recording = record(plan, this.#recorder)
    this.#recordings.set(plan, recording)
    const { draws, packing } = recording
    await this.programs.finish([...draws, ...packing].map(({ program }) => program))
  }

  async run(plan: Plan, input: Input): Promise<Float32Array[]> {
    const gl = this.#gl
    const { input: layout, draws, packing, outputs, rows } = this.#recordings.get(plan)!
    if (input instanceof Float32Array) this.#upload(input, layout)
    const turn = this.#turnFor(rows)
    const first = turn.rows
    turn.rows += rows
    drawing(gl, () => {
      for (const draw of draws) this.#draw(draw, draw.top)
      for (const draw of packing) {
        draw.params[FIRST] = first + draw.top
        this.#draw(draw, first + draw.top)
      }
    })
    await Promise.resolve() // who starts several runs does so before the first is waited for
    const start = performance.now()
    const floats = turn.read()
    // In software a photo's runs take seconds: the page, which asks whether the worker lives, is answered between them.
    if (performance.now() - start > SLOW_MS) await new Promise((resolve) => setTimeout(resolve))
    const texel = first * PACKED_WIDTH * 4
    return outputs.map(({ start, length }) => floats.subarray(texel + start, texel + start + length))
  }

  release(plans: Plan[]): void {
    for (const plan of plans) {
      if (!this.#recordings.delete(plan)) continue
      for (const layer of plan.layers) if (layer.kind !== 'mean') this.#weights.release(layer.filter)
    }
  }

  memory(): { tensors: number; tensorBytes: number } {
    const surfaces = [this.#packed, ...this.#surfaces.values()]
    const { count, bytes } = this.#weights.memory()
    return { tensors: surfaces.length + count, tensorBytes: surfaces.reduce((sum, each) => sum + each.bytes, bytes) }
  }

  /** The turn that is not over and has room for so many rows more; or a new one. */
  #turnFor(rows: number): Turn {
    const last = this.#turn
    if (last && !last.isOver && last.rows + rows <= this.#packed.height) return last
    last?.read() // before others take its place
    this.#turn = new Turn(this.#gl, this.#packed)
    return this.#turn
  }

  /** top: row of the target. */
  #draw({ program, values, added, target, weights, offset, params, width, rows }: Draw, top: number): void {
    const gl = this.#gl
    gl.useProgram(program.program)
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.viewport(0, top, width, rows)
    if (added) bind(gl, UNITS.added, gl.TEXTURE_2D_ARRAY, added.texture)
    if (weights?.texture) bind(gl, UNITS.weights, gl.TEXTURE_2D, weights.texture)
    if (weights?.buffer)
      gl.bindBufferRange(gl.UNIFORM_BUFFER, WEIGHTS_BINDING, weights.buffer, offset, weights.blockSize * 16)
    bind(gl, UNITS.values, gl.TEXTURE_2D_ARRAY, values.texture)
    gl.uniform4iv(program.params, params)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  #surface(key: string, layers: number): Surface {
    const surface = this.#surfaces.get(key) ?? new Surface(this.#gl, layers)
    this.#surfaces.set(key, surface)
    return surface
  }

  #upload(input: Float32Array, layout: Layout): void {
    const gl = this.#gl
    const rows = tileRows(layout)
    const surface = this.input(layout.layers)
    const texels = new Float32Array(layout.width * rows * layout.tiles * layout.layers * 4)
    for (let channel = 0; channel < layout.channels; channel++) {
      const group = channel >> 2
      const tile = Math.floor(group / layout.layers)
      const first = ((group % layout.layers) * layout.tiles + tile) * rows * layout.width * 4 + (channel & 3)
      for (let pixel = 0; pixel < rows * layout.width; pixel++)
        texels[first + pixel * 4] = input[pixel * layout.channels + channel]!
    }
    bind(gl, UNITS.values, gl.TEXTURE_2D_ARRAY, surface.texture)
    const size = [layout.width, rows * layout.tiles, layout.layers] as const
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, 0, ...size, gl.RGBA, gl.FLOAT, texels)
  }
}
