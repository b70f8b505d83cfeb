// node bundle.mjs ENTRY OUT METAFILE [--alias:NAME=PATH] [--external:PATH] [--format:iife] [--names:JSON]: one minified
// file of today's JavaScript or CSS. names: made by internal_names.mjs.
//
// Some modules only compute constants: they are computed here, and the bundle holds what came out.

import { readFileSync, writeFileSync } from 'node:fs'

import { build } from 'esbuild'
import { minify } from 'terser'

import { minifyGlsl } from './minify_glsl.mjs'

// Numbers of the networks, of which a bundle needs a few; shaders put together from parts and numbers.
const CONSTANTS = /[\\/]sdk_src[\\/]src[\\/](specs|render[\\/]shaders[\\/]\w+_program)\.ts$/

// idb's shortcuts (`database.get`) and iterators, 0.6 kB that the store does without: calls whose result nobody uses.
const IDB = /[\\/]node_modules[\\/]idb[\\/]build[\\/]index\.js$/
const IDB_EXTRAS = /^(?=replaceTraps\()/gm

const [entry, outfile, metafile, ...flags] = process.argv.slice(2)
const given = (name) => flags.filter((flag) => flag.startsWith(`--${name}:`)).map((flag) => flag.slice(name.length + 3))
const names = Object.assign({}, ...given('names').map((path) => JSON.parse(readFileSync(path, 'utf8'))))

const { metafile: account } = await build({
  entryPoints: [entry],
  outfile,
  metafile: true,
  bundle: true,
  format: given('format')[0] ?? 'esm',
  minify: true,
  target: 'es2022',
  legalComments: 'none', // the licences are in ATTRIBUTIONS.md
  logLevel: 'warning',
  alias: Object.fromEntries(given('alias').map((pair) => pair.split('='))),
  external: given('external'),
  ...(Object.keys(names).length > 0 && {
    mangleProps: new RegExp(`^(${Object.keys(names).join('|')})$`),
    mangleCache: names,
  }),
  plugins: [{ name: 'constants', setup }],
})
writeFileSync(metafile, JSON.stringify(account))
if (outfile.endsWith('.js')) await minifyAgain(outfile)

/** A second pass: what esbuild leaves is 4 to 5 % smaller after gzip. */
async function minifyAgain(path) {
  // unsafe_arrows: functions without `this` as arrows. unsafe: what it takes for granted holds here (nobody replaces
  // Array, Error or String, or throws a Symbol).
  const compress = { passes: 3, unsafe_arrows: true, unsafe: true }
  const { code } = await minify(readFileSync(path, 'utf8'), { module: !given('format').length, ecma: 2022, compress })
  writeFileSync(path, `${code}\n`)
}

function setup({ onLoad }) {
  onLoad({ filter: CONSTANTS }, async ({ path }) => ({ contents: constants(await computed(path)), loader: 'js' }))
  onLoad({ filter: IDB }, ({ path }) => ({
    contents: readFileSync(path, 'utf8').replace(IDB_EXTRAS, '/* @__PURE__ */ '),
    loader: 'js',
  }))
}

/** What a module exports. */
async function computed(path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

function constants(exports) {
  const values = { ...exports }
  const shaders = Object.keys(values).filter((name) => String(values[name]).startsWith('#version'))
  minifyGlsl(shaders.map((name) => values[name])).forEach((source, i) => {
    values[shaders[i]] = source
  })
  return Object.entries(values)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
    .join('\n')
}
