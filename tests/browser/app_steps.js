// Steps of a person in the app, for engines that Playwright does not drive. Only what index.html promises is touched.
const hook = (name) => document.querySelector(`[data-testid="${name}"]`)
const shown = (name) => hook(name)?.checkVisibility() === true
async function until(holds, what) {
  const end = performance.now() + 90_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited for ${what}; the app says: ${document.body.innerText}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
const state = (name) => until(() => document.documentElement.dataset.state === name, `the state ${name}`)
const readyOffline = () => until(() => shown('ready-offline'), 'ready offline')
function choose(base64, name = 'hand.jpg') {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], name, { type: 'image/jpeg' }))
  hook('photo-input').files = transfer.files
  hook('photo-input').dispatchEvent(new Event('change', { bubbles: true }))
}
Object.assign(globalThis, { hook, shown, until, state, readyOffline, choose })
