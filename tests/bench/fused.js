// RT-DETR's graph with fused operators and without: what fused.html measures and tests/sdk/test_fused.py compares.

const OUTPUTS = ['boxes', 'scores', 'fingers', 'keypoints']
const MASKS = [0, 1, 2, 3, 4]

const bytesOf = async (path) => (await fetch(path)).arrayBuffer()

/** A model of dist: its networks, fused (true) and operator by operator, and its input's shape. */
export async function load(backend, model, ways = [true, false]) {
  const folder = `/models/${model}/float16`
  const graph = await (await fetch(`${folder}/model.json`)).text()
  const { signature, weightsManifest } = JSON.parse(graph)
  const paths = weightsManifest.flatMap((group) => group.paths)
  const weights = await new Blob(await Promise.all(paths.map((path) => bytesOf(`${folder}/${path}`)))).arrayBuffer()
  const [input] = Object.values(signature.inputs)
  const names = Object.fromEntries(Object.entries(signature.outputs).map(([name, value]) => [name, value.name]))
  const files = { graph, weights, input: input.name, outputs: names }
  const shape = input.tensorShape.dim.map(({ size }) => Number(size))
  return { networks: ways.map((fused) => backend.load(files, fused)), shape }
}

/** A photo, stretched to the input [1, height, width, 3], about normalised: -2 to 2. */
export async function pixels(address, [, height, width]) {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob())
  const context = new OffscreenCanvas(width, height).getContext('2d')
  context.drawImage(bitmap, 0, 0, width, height)
  const { data } = context.getImageData(0, 0, width, height)
  return Float32Array.from({ length: height * width * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)] / 64 - 2)
}

export async function once(network, image, shape) {
  const start = performance.now()
  // What the product reads: the queries, then the masks of those that it keeps.
  const done = network.run(image, shape, OUTPUTS, { output: 'masks', choose: () => MASKS })
  const script = performance.now() - start
  const values = await done
  return { script, total: performance.now() - start, values }
}

/** Small values at the end of a part of the graph: of the backbone, and of the encoder with the proposals. */
const STAGES = { backbone: 'net/encoder/project/project.0/Conv/Add', proposals: 'net/propose_scores/Gemm/BiasAdd' }

/**
 * Milliseconds of script before the first wait, to the result, to the ends of two parts of the graph, and of each of ten at
 * once; fused and not, in turns. report: gets what there is after each turn.
 */
export async function measure({ backend: name, model, photo, turns, seconds, ways: asked }, report) {
  const end = performance.now() + seconds * 1000
  const { open } = await import(`/backend_${name}_rtdetr.js`)
  const backend = await open(new URL('/', location.href).href, () => {})
  const { networks, shape } = await load(backend, model, asked)
  const image = await pixels(photo, shape)
  const ways = networks.map((network, at) => {
    const times = {
      script: [],
      total: [],
      ...Object.fromEntries(Object.keys(STAGES).map((stage) => [stage, []])),
      ten: [],
    }
    return { name: asked[at] ? 'fused' : 'operator by operator', network, times }
  })
  for (let turn = -2; turn < turns && performance.now() < end; turn++) {
    for (const { network, times } of ways) {
      const { script, total } = await once(network, image, shape)
      if (turn < 0) continue // shaders are compiled, textures made
      times.script.push(script)
      times.total.push(total)
      for (const [stage, value] of Object.entries(STAGES)) {
        const start = performance.now()
        await network.run(image, shape, [value])
        times[stage].push(performance.now() - start)
      }
      if (turn % 4 > 0) continue
      const start = performance.now()
      await Promise.all(Array.from({ length: 10 }, () => once(network, image, shape)))
      times.ten.push((performance.now() - start) / 10)
    }
    report(ways.map(({ name, times }) => ({ name, turns: times.total.length, ...medians(times), all: times.total })))
  }
  for (const network of networks) network.dispose()
  backend.close()
}

function medians(times) {
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
}

/** The largest difference, relative to the largest value. */
export function error(ours, theirs) {
  const most = theirs.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  return theirs.reduce((a, b, i) => Math.max(a, Math.abs(b - ours[i])), 0) / most
}
