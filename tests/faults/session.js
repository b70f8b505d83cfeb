// In the page: `tryOn` and what it told, and small helpers, on the built dist of this origin.
const sdk = await import(`${arg.assets}index.js`)
window.sdk = sdk
window.told = []
window.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
window.until = async (condition) => {
  while (!(await condition())) await wait(10)
}
window.codeOf = (promise) =>
  promise.then(
    () => 'no error',
    ({ code, name }) => code ?? name,
  )
window.bitmapOf = async (url) => createImageBitmap(await (await fetch(url)).blob())
window.create = async (options) => {
  window.tryOn = await sdk.NailTryOn.create({ assets: arg.assets, store: 'memory', ...options })
  for (const type of ['frame', 'state', 'error', 'recovered']) {
    tryOn.addEventListener(type, ({ detail }) => {
      const { nails, state, error, part, from, backend } = detail
      told.push({ type, at: performance.now(), nails: nails?.length, state, code: error?.code, part, from, backend })
    })
  }
}
window.count = (type) => told.filter((event) => event.type === type).length
/** The worker does this, a line of JavaScript, in a task of its own. */
const faults = new BroadcastChannel('fault')
window.inWorker = (code) => faults.postMessage(code)
/** A film of one photo that moves, without a camera. */
window.film = async (url, size) => {
  const photo = await bitmapOf(url)
  const { width, height } = size ?? photo
  window.screen_ = Object.assign(document.createElement('canvas'), { width, height })
  const context = screen_.getContext('2d')
  let step = 0
  const draw = () => {
    const scale = Math.min(screen_.width / photo.width, screen_.height / photo.height)
    context.drawImage(photo, (step++ % 5) - 2, 0, photo.width * scale, photo.height * scale)
  }
  draw()
  setInterval(draw, 40)
  window.video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
  video.srcObject = screen_.captureStream(25)
  document.body.append(video)
  window.canvas = document.body.appendChild(document.createElement('canvas'))
  video.play().catch(() => {})
}
