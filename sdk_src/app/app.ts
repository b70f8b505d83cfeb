/**
 * The app, from the top: a picture comes in (photo, sample, camera), the SDK finds the nails, the palette paints them.
 */
import type { Look, LunulaError, NailTryOn } from 'lunula'
import { CameraStage } from './camera.ts'
import { element } from './elements.ts'
import { hideError, isAborted, listenForErrorButtons, showError } from './errors.ts'
import { Palette } from './palette.ts'
import { PhotoStage } from './photo.ts'
import { listenForPhotos } from './photo_input.ts'
import { mountPwa } from './pwa.ts'
import { showNotReady, showReady, showReadyOffline } from './readiness.ts'
import { listenForSamples } from './samples.ts'
import { savePicture } from './save.ts'
import { openSession } from './session.ts'
import { slug } from './shades.ts'
import { currentView, setState, setView } from './state.ts'
import { hideStats, showStats } from './stats.ts'
import { describeNails, say } from './status.ts'

const cameraButton = element('camera-button', HTMLButtonElement)
const saveButton = element('save-button', HTMLButtonElement)
const photo = new PhotoStage()
const camera = new CameraStage()
const palette = new Palette(onPolish)
let opened: NailTryOn | null = null
/** A look that was asked for from outside, until the palette chooses. */
let worn: Look | null = null
let session = start()
const pwa = mountPwa(
  {
    photo: onPhoto,
    photoLost: () => fail(new Error('The photo did not arrive. Choose it here instead.')),
    camera: onCamera,
    choosePhoto: () => element('start-photo', HTMLButtonElement).focus(),
    look: onLook,
  },
  () => ({ photo: photo.file, camera: camera.isOpen }),
)

listenForPhotos(onPhoto)
listenForSamples(onPhoto, (error) => fail(error))
listenForErrorButtons(rest)
cameraButton.addEventListener('click', () => (camera.isOpen ? goHome() : onCamera()))
element('start-camera', HTMLButtonElement).addEventListener('click', onCamera)
element('close-button', HTMLButtonElement).addEventListener('click', goHome)
saveButton.addEventListener('click', onSave)

/** Open the session; the page can be used meanwhile, and wishes wait for it. */
function start(): Promise<NailTryOn> {
  setState('loading')
  const opening = openSession()
  opening.then(onOpened, (error) => {
    showNotReady()
    fail(error, restart)
  })
  return opening
}

function restart(): void {
  opened = null
  session = start()
}

async function onOpened(tryOn: NailTryOn): Promise<void> {
  opened = tryOn
  tryOn.look = worn ?? { polish: palette.polish }
  tryOn.addEventListener('frame', ({ detail }) => {
    if (currentView() !== 'camera') return
    if (detail.nails.length > 0) pwa.painted()
    showStats(detail)
    say(detail.nails.length > 0 ? describeNails(detail.nails.length) : 'Show your nails to the camera')
  })
  tryOn.addEventListener('error', ({ detail }) => onSessionError(detail.error))
  tryOn.addEventListener('recovered', async ({ detail }) => {
    if (detail.part === 'storage' && (await pwa.shell)) showReadyOffline()
    if (document.documentElement.dataset.state !== 'error') return
    hideError()
    rest()
  })
  if (document.documentElement.dataset.state === 'loading' && currentView() === 'welcome') setState('ready')
  showReady()
  if ((await pwa.shell) && tryOn.storage === 'indexeddb') showReadyOffline()
  pwa.stored()
}

async function onPhoto(file: Blob): Promise<void> {
  const before = currentView()
  closeCamera()
  begin('photo', 'Looking for nails…')
  try {
    const nails = await photo.show(file, session)
    saveButton.disabled = false
    setState('painted')
    say(describeNails(nails.length))
    if (nails.length > 0) pwa.painted()
  } catch (error) {
    if (isAborted(error)) return
    setView(photo.hasPhoto ? 'photo' : 'welcome')
    saveButton.disabled = !photo.hasPhoto
    fail(error, before === 'camera' ? onCamera : undefined)
  }
}

async function onCamera(): Promise<void> {
  if (camera.isOpen) return
  photo.clear()
  begin('camera', 'Opening the camera…')
  cameraButton.setAttribute('aria-pressed', 'true')
  try {
    await camera.open(session)
    saveButton.disabled = false
    setState('camera')
  } catch (error) {
    if (isAborted(error)) return
    closeCamera()
    setView('welcome')
    fail(error, onCamera)
  }
}

/** Errors while nothing was asked for: the camera was unplugged, the worker died. */
function onSessionError(error: LunulaError): void {
  if (camera.isOpen) goHome()
  if (opened?.state === 'failed') fail(error, restart)
  else fail(error, error.code === 'camera-ended' ? onCamera : undefined)
}

async function onPolish(): Promise<void> {
  worn = null
  await dress({ polish: palette.polish })
}

async function onLook(look: Look): Promise<void> {
  worn = look
  await dress(look)
}

async function dress(look: Look): Promise<void> {
  const tryOn = opened
  if (!tryOn) return
  tryOn.look = look
  if (currentView() === 'photo' && photo.hasPhoto) await photo.repaint(tryOn).catch((error) => fail(error))
}

async function onSave(): Promise<void> {
  const name = `lunula-${slug(palette.choice.shade.name)}`
  await savePicture(element('canvas', HTMLCanvasElement), name).catch((error) => fail(error))
}

function goHome(): void {
  closeCamera()
  photo.clear()
  hideError()
  setView('welcome')
  saveButton.disabled = true
  rest()
}

function begin(view: 'photo' | 'camera', words: string): void {
  hideError()
  setView(view)
  setState('busy')
  saveButton.disabled = true
  say(words)
}

function closeCamera(): void {
  camera.close()
  cameraButton.setAttribute('aria-pressed', 'false')
  hideStats()
}

function fail(error: unknown, retry?: () => void): void {
  if (isAborted(error)) return
  console.warn(error)
  say('')
  showError(error, retry)
  setState('error')
}

/** The state of what is on the stage, once nothing is going on. */
function rest(): void {
  say('')
  if (camera.isOpen) setState('camera')
  else if (photo.hasPhoto) setState('painted')
  else setState(opened ? 'ready' : 'loading')
}
