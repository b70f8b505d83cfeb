import { VERTEX } from './shaders/common.ts'

/** Texture units of the samplers, by their names. */
export const UNITS = { values: 0, added: 1, weights: 2, frame: 3, tensor: 4, bias: 5, halves: 6 } as const
/** The binding point of the block of weights. */
export const WEIGHTS_BINDING = 0

const LOOK_AGAIN_MS = 2

/** A program, linked when it is asked for first. */
export interface Program {
  readonly program: WebGLProgram
  params: WebGLUniformLocation | null
  ready: boolean
}

/** The programs of a context, each compiled once. */
export class Programs {
  readonly #gl: WebGL2RenderingContext
  readonly #vertex: WebGLShader
  readonly #parallel: KHR_parallel_shader_compile | null
  readonly #made = new Map<string, Program>()

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
    this.#parallel = gl.getExtension('KHR_parallel_shader_compile')
    this.#vertex = this.#compiled(gl.VERTEX_SHADER, VERTEX)
  }

  /** Starts to compile; nobody waits yet. */
  start(fragment: string): Program {
    const known = this.#made.get(fragment)
    if (known) return known
    const gl = this.#gl
    const program = gl.createProgram()
    gl.attachShader(program, this.#vertex)
    gl.attachShader(program, this.#compiled(gl.FRAGMENT_SHADER, fragment))
    gl.linkProgram(program)
    const started = { program, params: null, ready: false }
    this.#made.set(fragment, started)
    return started
  }

  /** For who cannot wait: linked now. Throws with the driver's words. */
  link(fragment: string): Program {
    const program = this.start(fragment)
    this.#finish(program)
    return program
  }

  /** Waits until all are linked, and sets what never changes. Rejects with the driver's words. */
  async finish(started: Program[]): Promise<void> {
    const waiting = started.filter(({ ready }) => !ready)
    // Drivers compile in threads until somebody asks for more than whether they are done.
    while (this.#parallel && waiting.some((each) => !this.#isDone(each, this.#parallel!)))
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    for (const each of waiting) this.#finish(each)
  }

  #isDone({ program }: Program, { COMPLETION_STATUS_KHR }: KHR_parallel_shader_compile): boolean {
    return this.#gl.isContextLost() || this.#gl.getProgramParameter(program, COMPLETION_STATUS_KHR)
  }

  #finish(started: Program): void {
    if (started.ready) return
    const gl = this.#gl
    const { program } = started
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const shaders = gl.getAttachedShaders(program) ?? []
      const words = [gl.getProgramInfoLog(program), ...shaders.map((shader) => gl.getShaderInfoLog(shader))]
      throw new Error(`a shader does not link: ${words.filter(Boolean).join(' ')}`)
    }
    gl.useProgram(program)
    started.params = gl.getUniformLocation(program, 'params')
    for (const [name, unit] of Object.entries(UNITS)) gl.uniform1i(gl.getUniformLocation(program, name), unit)
    const block = gl.getUniformBlockIndex(program, 'Weights')
    if (block !== gl.INVALID_INDEX) gl.uniformBlockBinding(program, block, WEIGHTS_BINDING)
    started.ready = true
  }

  #compiled(type: number, source: string): WebGLShader {
    const gl = this.#gl
    const shader = gl.createShader(type)
    if (!shader) throw new Error('no shader: the context is lost')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    return shader
  }
}
