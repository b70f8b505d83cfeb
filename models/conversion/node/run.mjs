// node run.mjs NODE_MODULES MODEL_DIR REQUEST.json: runs a graph model on the WASM backend.
// Request: { inputs: [{ file, shape }], outputs: [name] }. Each file is raw float32; FILE.NAME.out gets each output and
// the printed JSON its shape: [{ name: shape }].

import { readFileSync, writeFileSync } from 'node:fs'

import { loadModel, requireFrom } from './load.mjs'

const [nodeModules, directory, requestFile] = process.argv.slice(2)
const require = requireFrom(nodeModules)
const tf = require('@tensorflow/tfjs-core')
require('@tensorflow/tfjs-backend-wasm')
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) // the threaded build would start workers that outlive the run
await tf.setBackend('wasm')

const request = JSON.parse(readFileSync(requestFile, 'utf8'))
const model = await loadModel(require, directory)
const shapes = []
for (const { file, shape } of request.inputs) {
  const bytes = Uint8Array.from(readFileSync(file))
  const input = tf.tensor(new Float32Array(bytes.buffer), shape)
  const results = [model.execute(input, request.outputs)].flat()
  const entry = {}
  results.forEach((tensor, index) => {
    const name = request.outputs[index]
    writeFileSync(`${file}.${name}.out`, tensor.dataSync())
    entry[name] = tensor.shape
  })
  shapes.push(entry)
  tf.dispose([input, ...results])
}
console.log(JSON.stringify(shapes))
