// Runs dist/lunula_core.wasm over one scenario: pipeline.mjs WASM SCENARIO.json FRAMES -> JSON on stdout.
// The scenario's arrays are base64; so are the result's. FRAMES times over, to see that nothing grows and nothing changes.
import { readFileSync } from 'node:fs'

const [wasmPath, scenarioPath, frames] = process.argv.slice(2)
const scenario = JSON.parse(readFileSync(scenarioPath, 'utf8'))
const module = new WebAssembly.Module(readFileSync(wasmPath))
const imports = WebAssembly.Module.imports(module)
const core = new WebAssembly.Instance(module, {}).exports
const status = (value) => {
  if (value < 0) throw new Error(`the core answered ${value}`)
  return value
}

let top = core.__heap_base.value
const place = (bytes) => {
  const at = (top + 15) & ~15
  top = at + bytes
  const missing = Math.ceil((top - core.memory.buffer.byteLength) / 65536)
  if (missing > 0) core.memory.grow(missing)
  return at
}
const put = (base64) => {
  const bytes = Buffer.from(base64, 'base64')
  const at = place(bytes.length)
  return { at, write: () => new Uint8Array(core.memory.buffer).set(bytes, at) }
}
const base64 = (at, bytes) => Buffer.from(core.memory.buffer, at, bytes).toString('base64')

const arenaBytes = core.lunula_arena_bytes()
const session = core.lunula_session_init(place(arenaBytes), arenaBytes)
const { width, height, inputWidth, inputHeight, rows, columns, patches } = scenario
const inputs = ['frame', 'rect', 'scores', 'boxes', 'heatmap', 'geometry', 'keypoints', 'masks', 'confidence']
const at = Object.fromEntries(inputs.map((name) => [name, put(scenario[name])]))
const affine = place(24)
const roi = place(16)
const hands = place(40)
const handRoi = place(16)
const size = place(8)
const imageBytes = inputWidth * inputHeight * 12
const image = place(imageBytes)
const patchBytes = patches * 64 * 64 * 12
const patchImages = place(patchBytes)

const run = () => {
  for (const name of inputs) at[name].write()
  status(core.lunula_segment_size(width, height, scenario.tier, size))
  status(core.lunula_fit_rect(at.rect.at, inputWidth, inputHeight, affine))
  const cells = scenario.cells
  const found = status(core.lunula_decode_hands(at.scores.at, at.boxes.at, cells, cells, affine, width, height, hands))
  status(core.lunula_hand_roi(width, height, hands, handRoi))
  status(core.lunula_set_regions(session, handRoi, 1))
  status(core.lunula_sample(at.frame.at, width, height, width * 4, affine, 1, inputWidth, inputHeight, 0, image))
  status(core.lunula_decode_heatmap(session, 0, at.heatmap.at, at.geometry.at, rows, columns, affine))
  const planned = status(core.lunula_plan_patches(session, 1))
  const affines = core.lunula_patch_affines(session)
  status(core.lunula_sample(at.frame.at, width, height, width * 4, affines, planned, 64, 64, 1, patchImages))
  status(core.lunula_store_patches(session, 0, planned, at.keypoints.at, at.masks.at, at.confidence.at, 0))
  const nails = status(core.lunula_decode_patches(session))
  status(core.lunula_first_pass_roi(width, height, core.lunula_nails(session), nails, -1, roi))
  const table = new Int32Array(core.memory.buffer, core.lunula_nails(session), nails * 31)
  const contours = core.lunula_contours(session)
  const masks = core.lunula_masks(session)
  return {
    size: base64(size, 8),
    image: base64(image, imageBytes),
    planned,
    affines: base64(affines, planned * 24),
    patches: base64(patchImages, patchBytes),
    roi: base64(roi, 16),
    hands: base64(hands, found * 20),
    handRoi: base64(handRoi, 16),
    nails: Array.from({ length: nails }, (_, i) => ({
      words: base64(core.lunula_nails(session) + i * 124, 124),
      contour: base64(contours + table[i * 31 + 22] * 8, table[i * 31 + 23] * 8),
      mask: base64(masks + table[i * 31 + 21] * 4096, 4096),
    })),
  }
}

const first = run()
const bytesBefore = core.memory.buffer.byteLength
let same = true
for (let i = 1; i < Number(frames); i++) same = JSON.stringify(run()) === JSON.stringify(first) && same
const bytesAfter = core.memory.buffer.byteLength
console.log(JSON.stringify({ ...first, imports, same, bytesBefore, bytesAfter }))
