// What a page does with the SDK, callable from a test driver: plain JSON in, plain JSON out. Bytes travel as base64.

let tryOn

const actions = {
  async create(options) {
    const { NailTryOn } = await import('/index.js')
    const phases = []
    tryOn = await NailTryOn.create({ assets: '/', ...options, onProgress: (step) => phases.push({ ...step }) })
    return { backend: tryOn.backend, storage: tryOn.storage, phases }
  },

  async detect({ photo, type }) {
    return (await tryOn.detect(blob(photo, type))).map(plain)
  },

  // A new canvas each time, as large as the photo once it is painted.
  async paint({ photo, type, polish }) {
    if (polish) tryOn.polish = polish
    const canvas = document.createElement('canvas')
    const nails = await tryOn.paint(blob(photo, type), canvas)
    const png = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
    return { nails: nails.map(plain), png: base64(new Uint8Array(await png.arrayBuffer())) }
  },

  async close() {
    await tryOn?.close()
    tryOn = undefined
  },
}

/** {value} or {error: {name, code, message}}; code is null for anything but a LunulaError. Never hangs. */
export async function call(name, options, timeoutMs) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException(`${name} took over ${timeoutMs} ms`, 'TimeoutError')), timeoutMs)
  })
  try {
    return { value: await Promise.race([actions[name](options), late]) }
  } catch (error) {
    return {
      error: { name: error.name, code: typeof error.code === 'string' ? error.code : null, message: error.message },
    }
  } finally {
    clearTimeout(timer)
  }
}

/** A nail without typed arrays: the mask as latin-1 text, one character a byte. */
function plain(nail) {
  const data = String.fromCharCode(...nail.mask.data)
  return { ...nail, mask: { ...nail.mask, data }, contour: Array.from(nail.contour) }
}

function blob(text, type) {
  return new Blob([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], { type })
}

function base64(bytes) {
  let text = ''
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
}
