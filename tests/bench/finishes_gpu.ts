// Run on a machine with a GPU: how long the finishes take there, and what they look like. Sets window.__result to JSON:
// renderer, times (milliseconds a frame, by finish) and pictures (data addresses). See finishes.py.
import { resolveLook } from '../../sdk_src/src/look/look.ts'
import * as finishes from '../../sdk_src/src/render/finishes_chunk.ts'
import { withLook } from '../../sdk_src/src/render/painted.ts'
import { NailRenderer } from '../../sdk_src/src/render/renderer.ts'
import { WebglRenderer } from '../../sdk_src/src/render/webgl_renderer.ts'
import type { Look, Nail } from '../../sdk_src/src/types.ts'

const FRAMES = Number(new URLSearchParams(location.search).get('frames') ?? 200)
/** Frames that a batch between two fences has: a fence alone takes a fraction of a millisecond. */
const BATCH = 20

interface Scene {
  photo: string
  nails: Nail[]
  looks: Record<string, Look>
}

/** Ten nails, 90 pixels wide, in a frame of 1280x720: the first nail of the scene over and over. */
function tenNails([nail]: Nail[]): Nail[] {
  const scale = 90 / nail!.size.width
  return Array.from({ length: 10 }, (_, i) => {
    const [x, y] = [130 + (i % 5) * 255, 180 + Math.floor(i / 5) * 360]
    const [a, b, c, d, e, f] = nail!.mask.transform.map((value) => value * scale)
    const [left, top] = [x - nail!.center.x * scale, y - nail!.center.y * scale]
    return {
      ...nail!,
      id: i + 1,
      center: { x, y },
      size: { length: nail!.size.length * scale, width: 90 },
      mask: { ...nail!.mask, transform: [a!, b!, c! + left, d!, e!, f! + top] },
    } satisfies Nail
  })
}

async function drawn(source: string, width?: number, height?: number): Promise<CanvasRenderingContext2D> {
  const image = new Image()
  image.src = source
  await image.decode()
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: width ?? image.width, height: height ?? image.height })
  const context = canvas.getContext('2d')!
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  return context
}

function median(values: number[]): number | null {
  return values.length > 0 ? values.sort((a, b) => a - b)[Math.floor(values.length / 2)]! : null
}

/**
 * gpu: median of what the graphics card's own clock says about one frame, upload of the frame included, where the browser
 * tells. fenced: a batch of frames until the card is done, per frame, median of batches. script: the main thread's part.
 */
async function timesOf(renderer: WebglRenderer, frame: ImageBitmap, nails: Nail[], look: Look) {
  const gl = renderer.canvas.getContext('webgl2')!
  const timer = gl.getExtension('EXT_disjoint_timer_query_webgl2')
  const region = { x: 0, y: 0, width: 1280, height: 720 }
  const patterns = new finishes.Patterns()
  const resolved = resolveLook(look)
  const paint = () => renderer.paint(frame, region, withLook(nails, resolved, 1280, 720), patterns)
  const wait = async () => {
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)!
    gl.flush()
    while (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) await new Promise((done) => setTimeout(done))
    gl.deleteSync(fence)
  }
  // Reading a pixel waits for the card without a turn of the event loop.
  const settle = () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
  for (let i = 0; i < BATCH; i++) paint()
  settle()

  const [queries, fenced, script]: [WebGLQuery[], number[], number[]] = [[], [], []]
  for (let i = 0; i < FRAMES; i++) {
    const query = timer && gl.createQuery()!
    if (query) gl.beginQuery(timer.TIME_ELAPSED_EXT, query)
    const start = performance.now()
    paint()
    script.push(performance.now() - start)
    if (query) gl.endQuery(timer.TIME_ELAPSED_EXT)
    if (query) queries.push(query)
    if (i % BATCH === 0) await wait()
  }
  await wait()
  await new Promise((done) => setTimeout(done, 100))
  const gpu = queries
    .filter((query) => gl.getQueryParameter(query, gl.QUERY_RESULT_AVAILABLE))
    .map((query) => gl.getQueryParameter(query, gl.QUERY_RESULT) / 1e6)
  const disjoint = timer && gl.getParameter(timer.GPU_DISJOINT_EXT)
  for (let batch = 0; batch < FRAMES / BATCH; batch++) {
    const start = performance.now()
    for (let i = 0; i < BATCH; i++) paint()
    settle()
    fenced.push((performance.now() - start) / BATCH)
  }
  return { gpu: disjoint ? null : median(gpu), fenced: median(fenced), script: median(script) }
}

async function main(): Promise<void> {
  const scene = (await (await fetch('scene.json')).json()) as Scene
  for (const nail of scene.nails) nail.mask.data = new Uint8Array(nail.mask.data)
  const renderer = WebglRenderer.open(finishes)
  if (!renderer) throw new Error('no WebGL 2')
  const gl = renderer.canvas.getContext('webgl2')!
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const frame = await createImageBitmap((await drawn(scene.photo, 1280, 720)).canvas)
  const nails = tenNails(scene.nails)
  const times: Record<string, Record<string, number | null>> = {}
  const pictures: Record<string, string> = {}
  const painter = new NailRenderer({
    pixelPainter: () => Promise.reject(new Error('no WebGL 2')),
    finishes: async () => finishes,
  })
  for (const [name, look] of Object.entries(scene.looks)) {
    times[name] = await timesOf(renderer, frame, nails, look)
    const context = await drawn(scene.photo)
    await painter.prepare(resolveLook(look))
    painter.paint(context, scene.nails, resolveLook(look))
    pictures[name] = context.canvas.toDataURL()
  }
  const name = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)
  Object.assign(window, { __result: JSON.stringify({ renderer: name, times, pictures }) })
}

main().catch((thrown) => Object.assign(window, { __result: JSON.stringify({ error: String(thrown) }) }))
