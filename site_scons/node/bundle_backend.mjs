// node bundle_backend.mjs VARIANT ENTRY OUT METAFILE MODEL.json…: bundles TensorFlow.js with one backend, and of its
// operators and kernels only those that the graphs use.
//
// The entry imports '#kernels'; this script writes that module. Operators are read from the graphs, and each operator
// says in sdk_src/src/backends/tfjs/ops which kernels it calls.

import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

import { build } from 'esbuild'

const [variant, entry, out, metafile, ...graphs] = process.argv.slice(2)
const OPS = resolve('sdk_src/src/backends/tfjs/ops/index.ts')
const TFJS = realpathSync('node_modules/@tensorflow')
const BACKEND = `${TFJS}/tfjs-backend-${variant.replace('_threads', '')}`
// What backends/tfjs/probe.ts computes, whatever the networks have.
const PROBE_OPS = ['AddV2', 'DepthToSpace', 'FusedDepthwiseConv2dNative', '_FusedConv2D']
const CONFIG = /export const (\w+Config)\b/
// Kernels of ours that stand in the place of the backend's own, where these are slow.
const OURS = resolve(`sdk_src/src/backends/tfjs/${variant.replace('_threads', '')}_kernels`)
// Fused operators, for graphs with attention: RT-DETR's.
const FUSED = resolve(`sdk_src/src/backends/tfjs/${variant.replace('_threads', '')}_fused/index.ts`)
const NO_OPS = new Set(['Const', 'Placeholder'])

const used = operators()
const known = await knownOperators()
const unknown = used.filter((name) => !(name in known))
if (unknown.length) {
  console.error(`bundle: no operator ${unknown.join(', ')} in ${OPS}; write it there (${graphs.join(', ')})`)
  process.exit(1)
}
// Kernels of WASM call others and need them to be set up: they are added until no new one shows.
const kernels = new Set(used.flatMap((name) => known[name].kernels))
let before
do {
  before = kernels.size
  const { metafile: account } = await bundle({ write: false })
  const called = Object.keys(account.inputs).filter((path) => dirname(resolve(path)) === `${BACKEND}/dist/kernels`)
  for (const path of called) {
    const text = readFileSync(path, 'utf8')
    if (CONFIG.test(text) && text.includes('setupFunc')) kernels.add(basename(path, '.js'))
  }
} while (kernels.size > before)
const { metafile: account } = await bundle({ write: true })
writeFileSync(metafile, JSON.stringify(account))

function bundle({ write }) {
  return build({
    write,
    metafile: true,
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
    // Emscripten's glue asks for these where it thinks that it runs in Node.
    external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'os', 'crypto', 'util'],
    plugins: [{ name: 'backend', setup }],
  })
}

function operators() {
  const nodes = graphs.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).modelTopology.node)
  return [...new Set([...PROBE_OPS, ...nodes.map(({ op }) => op)])].filter((name) => !NO_OPS.has(name)).sort()
}

/** Name of each operator of the SDK -> { kernels }. */
async function knownOperators() {
  const { outputFiles } = await build({
    entryPoints: [OPS],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

function setup({ onResolve, onLoad, resolve: find }) {
  onResolve({ filter: /^#kernels$/ }, () => ({ path: 'kernels', namespace: 'lunula' }))
  onLoad({ filter: /.*/, namespace: 'lunula' }, () => ({ contents: kernelModule(), resolveDir: process.cwd() }))
  // TensorFlow.js's index registers gradients and chained operators, 60 kB; its base does not.
  onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, () => ({
    path: `${TFJS}/tfjs-core/dist/base.js`,
    sideEffects: false,
  }))
  // Loaders and optimizers: nobody imports them, but their package does not say that they may be left out.
  onResolve({ filter: /^\.\// }, async ({ path, importer, resolveDir, kind }) => {
    if (importer !== `${TFJS}/tfjs-core/dist/base.js`) return undefined
    return { ...(await find(`${path}.js`, { resolveDir, kind })), sideEffects: false }
  })
  // Hashes of text, which brings 64-bit integers along: no kernel of a network needs them.
  onResolve({ filter: /^\.\/hash_util$/ }, () => ({ path: 'empty', namespace: 'empty' }))
  // Each of the two ways of WASM brings the glue of both.
  const other = variant === 'wasm_threads' ? /wasm-out\/tfjs-backend-wasm\.js$/ : /wasm-out\/.*-threaded-simd\b.*\.js$/
  onResolve({ filter: other }, () => ({ path: 'empty', namespace: 'empty' }))
  onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
    contents: 'export const wasmWorkerContents = ""; export default null',
  }))
}

/** '#kernels': the operators under their names, and the configurations of their kernels. */
function kernelModule() {
  const configs = [...kernels].sort().map((name) => {
    const files = [join(OURS, `${name}.ts`), join(BACKEND, 'dist', 'kernels', `${name}.js`)]
    const file = files.find((path) => existsSync(path)) ?? files[1]
    const config = existsSync(file) && CONFIG.exec(readFileSync(file, 'utf8'))?.[1]
    if (!config) throw new Error(`no kernel ${name} in ${dirname(file)}`)
    return { config, file }
  })
  return [
    `import { ${used.join(', ')} } from ${JSON.stringify(OPS)}`,
    ...configs.map(({ config, file }) => `import { ${config} } from ${JSON.stringify(file)}`),
    `export const ops = { ${used.join(', ')} }`,
    used.includes('Softmax') && existsSync(FUSED)
      ? `export { fusion } from ${JSON.stringify(FUSED)}`
      : 'export const fusion = undefined',
    `export const kernels = [${configs.map(({ config }) => config).join(', ')}]`,
  ].join('\n')
}
