// Shader source for the graphics card only: no comments, no spaces that mean nothing, short names.
//
// Names that the SDK asks for (uniforms, blocks), GLSL's own, members behind a dot and macros that the compiler knows stay.

const WORDS = `
  break case const continue default discard do else flat for if in inout layout highp mediump lowp out precision return
  smooth struct switch true false uniform while std140 void bool int uint float
  vec2 vec3 vec4 ivec2 ivec3 ivec4 uvec2 uvec3 uvec4 bvec2 bvec3 bvec4 mat2 mat3 mat4
  sampler2D sampler2DArray sampler3D samplerCube main define version es ifdef ifndef endif undef`
const KEPT = new Set(WORDS.split(/\s+/))
// A member, a number with its suffix or exponent, a name.
const TOKEN = /\.\s*[A-Za-z_]\w*|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?u?|[A-Za-z_]\w*/g

/** The shaders of one program: what one gives out and the other takes in must keep one name. */
export function minifyGlsl(sources) {
  const bare = sources.map(withoutComments)
  const short = shortNames(bare)
  return bare.map((source) => source.split('\n').map((line) => short.line(line)).join('\n')).map(tight)
}

function withoutComments(source) {
  return source.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '')
}

/** Names by how often they stand, the most frequent first: they get one letter. */
function shortNames(sources) {
  const counts = new Map()
  const kept = new Set(KEPT)
  for (const source of sources) {
    for (const [, name] of source.matchAll(/\buniform\s+(?:\w+\s+)*?(\w+)\s*[;{]/g)) kept.add(name)
    // A function of GLSL is called, and not written here.
    const written = new Set([...source.matchAll(/#define\s+(\w+)|\b\w+\s+(\w+)\s*\([^;{}]*\)\s*\{/g)].map(([, a, b]) => a ?? b))
    for (const [, name] of source.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)) if (!written.has(name)) kept.add(name)
  }
  for (const source of sources) {
    for (const [name] of source.matchAll(TOKEN)) {
      if (/^[A-Za-z_]/.test(name) && !kept.has(name) && !name.startsWith('gl_')) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const free = letters(kept)
  const names = new Map(
    [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => [name, free.next().value]),
  )
  return { line: (line) => line.replace(TOKEN, (token) => names.get(token) ?? number(token)) }
}

/** 0.50 is .5, 1.0 is 1. and 1e-3 stays. */
function number(token) {
  if (!/^\d+\.\d*$/.test(token)) return token
  const [whole, part] = token.split('.')
  const rest = part.replace(/0+$/, '')
  return `${whole === '0' && rest ? '' : whole}.${rest}`
}

function* letters(taken) {
  const all = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const name of [...all, ...all.flatMap((a) => all.map((b) => a + b))]) if (!taken.has(name)) yield name
}

/** One line, but for what the preprocessor reads. */
function tight(source) {
  const lines = source.split('\n').map((line) => line.trim().replace(/\s+/g, ' ')).filter(Boolean)
  let out = ''
  for (const line of lines) {
    const directive = line.startsWith('#')
    // A macro's name and its bracket are to stay together, and its text apart.
    const packed = directive ? line : line.replace(/ ?([-+*/%=<>!&|^?:;,(){}[\]]) ?/g, '$1')
    if (directive) out += `${out && !out.endsWith('\n') ? '\n' : ''}${packed}\n`
    else out += (/\w$/.test(out) && /^\w/.test(packed) ? ' ' : '') + packed
  }
  return out
}
