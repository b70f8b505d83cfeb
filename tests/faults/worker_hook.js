// Runs before worker.js: lets the test do to the worker what browsers and systems do.
const openContext = OffscreenCanvas.prototype.getContext
globalThis.contexts = []
OffscreenCanvas.prototype.getContext = function (...words) {
  const context = openContext.apply(this, words)
  if (context && words[0] === 'webgl2') contexts.push(context)
  return context
}
globalThis.loseContext = () => contexts.at(-1).getExtension('WEBGL_lose_context').loseContext()
/** Loses the context as soon as an inference has sent its first draw calls: between two networks, where none waits. */
globalThis.loseWithinInference = () => {
  const gl = contexts.at(-1)
  for (const name of ['drawElements', 'drawArrays']) {
    const original = gl[name]
    gl[name] = (...words) => {
      original.apply(gl, words)
      delete gl.drawElements
      delete gl.drawArrays
      queueMicrotask(loseContext)
    }
  }
}
new BroadcastChannel('fault').onmessage = ({ data }) => new Function(data)()
