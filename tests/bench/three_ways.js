// The page of three_ways.py: each way loads its model, then all compute the same inputs in turn.

import * as ort from '/three_ways/ort/ort.wasm.min.mjs'

ort.env.wasm.numThreads = 1
ort.env.wasm.wasmPaths = '/three_ways/ort/'

const bytesOf = async (path) => (await fetch(path)).arrayBuffer()

/** TensorFlow.js with the SDK's own executor, on WASM with one thread. */
async function tfjsWay(backend, folder, outputs) {
  const graph = await (await fetch(`${folder}/model.json`)).text()
  const { signature, weightsManifest } = JSON.parse(graph)
  const parts = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths.map((path) => bytesOf(`${folder}/${path}`))),
  )
  const weights = await new Blob(parts).arrayBuffer()
  const [[, { name: input }]] = Object.entries(signature.inputs)
  const names = Object.fromEntries(outputs.map((output) => [output, signature.outputs[output].name]))
  const network = backend.load({ graph, weights, input, outputs: names })
  return (values, shape) => network.run(values, shape, outputs)
}

async function onnxWay(file, outputs) {
  const session = await ort.InferenceSession.create(await bytesOf(file), { executionProviders: ['wasm'] })
  return async (values, shape) => {
    const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, shape) }, outputs)
    return outputs.map((output) => results[output].data)
  }
}

/**
 * ways: [{ name, kind: 'tfjs' | 'onnx', path }]; inputs: addresses of raw float32. Gives milliseconds of every run, in
 * rounds that go through all ways, and each way's outputs for each input as base64.
 */
export async function compare({ ways, inputs, shape, outputs, rounds }) {
  const { open } = await import('/three_ways/backend.js')
  const backend = await open(new URL('/', location.href).href, () => {})
  const images = await Promise.all(inputs.map(async (path) => new Float32Array(await bytesOf(path))))
  const runs = []
  for (const { kind, path } of ways) {
    runs.push(await (kind === 'tfjs' ? tfjsWay(backend, path, outputs) : onnxWay(path, outputs)))
  }
  const answers = []
  for (const run of runs) {
    const answer = []
    for (const image of images) answer.push((await run(image, shape)).map(base64))
    answers.push(answer)
  }
  const times = ways.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [way, run] of runs.entries()) {
      const start = performance.now()
      await run(images[round % images.length], shape)
      times[way].push(performance.now() - start)
    }
  }
  backend.close()
  return { times, answers }
}

function base64(values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
}
