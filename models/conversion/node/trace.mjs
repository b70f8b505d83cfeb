// node trace.mjs NODE_MODULES MODEL_DIR INPUT_SHAPE (JSON): which kernels each node of a graph model calls, as JSON
// { node: { op, kernels: [..] } | { op, error } }.
//
// Every node is run on its own by tfjs-converter's own executors, on the CPU backend, which has a kernel for nearly
// everything: so the list shows what the graph asks for, not what some backend happens to have.

import { loadModel, requireFrom } from './load.mjs'

const [nodeModules, directory, shape] = process.argv.slice(2)
const require = requireFrom(nodeModules)
const tf = require('@tensorflow/tfjs-core')
require('@tensorflow/tfjs-backend-cpu')
await tf.setBackend('cpu')

const model = await loadModel(require, directory)
const { nodes } = model.executor.graph
const values = {}
const trace = {}
/** Outputs of nodes that others use: `topk:1` beside `topk`. */
const used = new Set(Object.values(nodes).flatMap((node) => node.inputNames))

/** Runs one node on the values of its inputs; returns the names of the kernels it called. */
async function run(node) {
  const inputs = {}
  for (const name of node.inputNames) {
    const value = name.replace(/:0$/, '')
    if (value in values) inputs[value] = values[value]
  }
  const outputs = [node.name, ...[...used].filter((name) => name.startsWith(`${node.name}:`) && !name.endsWith(':0'))]
  const { kernelNames, result } = await tf.profile(() => model.executor.execute(inputs, outputs))
  outputs.forEach((name, index) => {
    values[name] = result[index]
  })
  // The profiler also notes the scopes of TF.js operations that call a kernel inside: "fusedConv2d__op".
  return kernelNames.filter((name) => !name.endsWith(tf.OP_SCOPE_SUFFIX))
}

for (const node of inOrder(nodes)) {
  if (node.op === 'Placeholder') values[node.name] = tf.zeros(JSON.parse(shape))
  else if (node.op !== 'Const') {
    try {
      trace[node.name] = { op: node.op, kernels: await run(node) }
    } catch (error) {
      trace[node.name] = { op: node.op, error: error.message }
      break // what follows needs this value
    }
  }
}
console.log(JSON.stringify(trace))

/** Nodes so that each comes after its inputs. */
function inOrder(all) {
  const ordered = new Set()
  const visit = (node) => {
    if (ordered.has(node)) return
    node.inputs.forEach(visit)
    ordered.add(node)
  }
  Object.values(all).forEach(visit)
  return ordered
}
