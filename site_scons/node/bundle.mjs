// node bundle.mjs ENTRY OUT METAFILE [--alias:NAME=PATH] [--external:PATH] [--format:iife]: one minified file of today's
// JavaScript or CSS.
//
// Some modules only compute constants: they are computed here, and the bundle holds what came out.

import { writeFileSync } from 'node:fs'

import { build } from 'esbuild'

import { minifyGlsl } from './minify_glsl.mjs'

// Numbers of the networks, of which a bundle needs a few; shaders put together from parts and numbers.
const CONSTANTS = /[\\/]sdk_src[\\/]src[\\/](specs|render[\\/]shaders[\\/]nail)\.ts$/

const [entry, outfile, metafile, ...flags] = process.argv.slice(2)
const given = (name) => flags.filter((flag) => flag.startsWith(`--${name}:`)).map((flag) => flag.slice(name.length + 3))

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
  plugins: [{ name: 'constants', setup }],
})
writeFileSync(metafile, JSON.stringify(account))

function setup({ onLoad }) {
  onLoad({ filter: CONSTANTS }, async ({ path }) => ({ contents: constants(await computed(path)), loader: 'js' }))
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
