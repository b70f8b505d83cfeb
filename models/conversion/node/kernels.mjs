// node kernels.mjs NODE_MODULES: prints the kernels that each installed TF.js backend registers, as JSON.

import { requireFrom } from './load.mjs'

const BACKENDS = ['webgl', 'wasm', 'webgpu']

const require = requireFrom(process.argv[2])
const { getKernelsForBackend } = require('@tensorflow/tfjs-core')
const result = { versions: {}, kernels: {} }
for (const backend of BACKENDS) {
  const name = `@tensorflow/tfjs-backend-${backend}`
  require(name)
  result.versions[name] = require(`${name}/package.json`).version
  result.kernels[backend] = getKernelsForBackend(backend)
    .map((kernel) => kernel.kernelName)
    .sort()
}
for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-converter']) {
  result.versions[name] = require(`${name}/package.json`).version
}
console.log(JSON.stringify(result))
