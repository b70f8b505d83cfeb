// node internal_names.mjs OUT: members that only the SDK's own files see, and a short name for each, as JSON. Every bundle
// of the SDK is made with these, so that its files understand each other.
//
// A name is internal where a class or an interface of the folders below declares it and nothing else can mean it: no
// browser, library, page, text, file of data or backend. Any doubt leaves a name as it is.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import ts from 'typescript'

const [out] = process.argv.slice(2)
const SOURCES = 'sdk_src/src'
const INTERNAL = /\/(pipeline|tracking|render|session|worker|models_cache)\//
// The public API and its texts, the core's exports, manifests, and what the bundles with TensorFlow.js share.
const SEEN = /\/(index|types|options|errors|specs|camera|nail_try_on|core_exports|manifest)\.ts$|\/(look|element|backends)\//
const LIBRARY = dirname(createRequire(import.meta.url).resolve('typescript'))
const OTHERS = [
  ...readdirSync(LIBRARY).filter((name) => /^lib\.(dom|webworker|es|scripthost|decorators).*\.d\.ts$/.test(name)).map((name) => join(LIBRARY, name)),
  'build/generated/specs.ts',
  'node_modules/idb/build/index.js',
]

const taken = new Set()
const declared = new Set()
for (const path of OTHERS) takeWords(readFileSync(path, 'utf8'))
for (const name of readdirSync(SOURCES, { recursive: true }).filter((each) => each.endsWith('.ts'))) {
  const path = `${SOURCES}/${name}`.replaceAll('\\', '/')
  const text = readFileSync(path, 'utf8')
  if (SEEN.test(path)) takeWords(text)
  for (const [, word] of text.matchAll(/['"]([\w$]+)['"]/g)) taken.add(word)
  // An export is asked of a file that is loaded on demand; a default is no member.
  for (const [, word] of text.matchAll(/^export (?:async )?(?:const|function|class) ([\w$]+)/gm)) taken.add(word)
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true), INTERNAL.test(path))
}
const names = [...declared].filter((name) => !taken.has(name)).sort()
writeFileSync(out, `${JSON.stringify(Object.fromEntries(names.map((name, i) => [name, `_${i.toString(36)}`])), null, 2)}\n`)

function takeWords(text) {
  for (const [word] of text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '').matchAll(/[A-Za-z_$][\w$]*/g)) taken.add(word)
}

function visit(node, internal) {
  // Shapes that are written where they are used are often a browser's, newer than TypeScript's library.
  if (ts.isTypeLiteralNode(node)) for (const { name } of node.members) taken.add(name?.getText())
  const isMember = ts.isClassElement(node) || ts.isPropertySignature(node) || ts.isMethodSignature(node)
  if (internal && isMember && node.name && ts.isIdentifier(node.name)) declared.add(node.name.text)
  if (internal && ts.isParameterPropertyDeclaration(node, node.parent)) declared.add(node.name.getText())
  ts.forEachChild(node, (child) => visit(child, internal))
}
