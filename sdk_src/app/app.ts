/**
 * The app, from the top: a picture comes in (photo, sample, camera), the SDK finds the nails, and they wear what the
 * palette says.
 */
import { type LunulaError, lookFromHash, type Nail, type NailTryOn } from 'lunula'
import { CameraStage } from './camera.ts'
import { endCompare, mountCompare } from './compare.ts'
import { element } from './elements.ts'
import { hideError, isAborted, listenForErrorButtons, showError } from './errors.ts'
import { hintFor } from './hints.ts'
import { show as showLanguage, t } from './i18n.ts'
import { lightOf } from './light.ts'
import { LiveReport } from './live.ts'
import { OWN_PATTERN } from './palette/finish_panel.ts'
import { lookName, mountPalette } from './palette/palette.ts'
import { slug } from './palette/shades.ts'
import { PhotoStage } from './photo.ts'
import { listenForPhotos } from './photo_input.ts'
import { mountPwa } from './pwa.ts'
import { showNotReady, showReady, showReadyOffline } from './readiness.ts'
import { listenForSamples } from './samples.ts'
import { pictureFile } from './save.ts'
import { openSession } from './session.ts'
import { cameraWishes, mountSettings } from './settings.ts'
import { mountShare } from './share.ts'
import { currentState, currentView, isFrozen, setFrozen, setState, setView } from './state.ts'
import { hideStats } from './stats.ts'
import { say, sayFound } from './status.ts'
import { Wearing } from './wearing.ts'
import { Zoom } from './zoom.ts'

const canvas = element('canvas', HTMLCanvasElement)
const cameraButton = element('camera-button', HTMLButtonElement)
const freezeButton = element('freeze-button', HTMLButtonElement)
const photo = new PhotoStage()
const camera = new CameraStage(cameraWishes)
const live = new LiveReport(camera.video)
const wearing = new Wearing()
const zoom = new Zoom(() => photo.hasPhoto)
/** The picture of the finish `pattern`, for sessions that are opened later. */
let ownPattern: Blob | null = null
let opened: NailTryOn | null = null

showLanguage()
openLink()
mountPalette(wearing, onPattern)
mountCompare()
mountSettings({ session: reopen, camera: () => camera.isOpen && onCamera() })
mountShare({
  picture: (type) => pictureFile(canvas, camera.isOpen && camera.mirrored, `lunula-${slug(lookName(wearing))}`, type),
  look: () => wearing.look,
  fail,
})
wearing.onChange(onLook)
let session = start()
const pwa = mountPwa(
  {
    photo: onPhoto,
    photoLost: () => fail(new Error(t('error.photo-lost'))),
    camera: onCamera,
    choosePhoto: () => element('start-photo', HTMLButtonElement).focus(),
    look: (look) => wearing.wear(look),
  },
  () => ({ photo: photo.file, camera: camera.isOpen }),
)

listenForPhotos(onPhoto)
listenForSamples(onPhoto, fail)
listenForErrorButtons(rest)
cameraButton.addEventListener('click', () => (camera.isOpen ? goHome() : onCamera()))
freezeButton.addEventListener('click', () => (isFrozen() ? onGoOn() : onFreeze()))
element('start-camera', HTMLButtonElement).addEventListener('click', onCamera)
element('close-button', HTMLButtonElement).addEventListener('click', goHome)
window.addEventListener('hashchange', openLink)

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

/** Another engine, backend or resolution: a new session, with what was on the stage. */
async function reopen(): Promise<void> {
  const { file } = photo
  const old = opened
  const again = camera.isOpen ? onCamera : file ? () => onPhoto(file) : null
  closeCamera()
  restart()
  if (again) void again()
  await old?.close()
}

async function onOpened(tryOn: NailTryOn): Promise<void> {
  opened = tryOn
  tryOn.look = wearing.look
  if (ownPattern) await tryOn.addPattern(OWN_PATTERN, ownPattern)
  tryOn.addEventListener('frame', ({ detail }) => {
    if (!camera.isOpen || isFrozen()) return
    if (detail.nails.length > 0) pwa.painted()
    live.frame(detail, tryOn)
  })
  tryOn.addEventListener('error', ({ detail }) => onSessionError(detail.error))
  tryOn.addEventListener('recovered', async ({ detail }) => {
    if (detail.part === 'storage' && (await pwa.shell)) showReadyOffline()
    if (currentState() !== 'error') return
    hideError()
    rest()
  })
  if (currentState() === 'loading' && currentView() === 'welcome') setState('ready')
  showReady()
  if ((await pwa.shell) && tryOn.storage === 'indexeddb') showReadyOffline()
  pwa.stored()
}

async function onPhoto(file: Blob): Promise<void> {
  const before = currentView()
  closeCamera()
  begin('photo', t('photo.looking'))
  try {
    onStill(await photo.show(file, session))
  } catch (error) {
    if (isAborted(error)) return
    setView(photo.hasPhoto ? 'photo' : 'welcome')
    allowSaving(photo.hasPhoto)
    fail(error, before === 'camera' ? onCamera : undefined)
  }
}

async function onCamera(): Promise<void> {
  if (camera.isOpen) closeCamera()
  photo.clear()
  begin('camera', t('camera.opening'))
  cameraButton.setAttribute('aria-pressed', 'true')
  try {
    await camera.open(session)
    allowSaving(true)
    freezeButton.hidden = false
    setState('camera')
    say(t('camera.show'))
  } catch (error) {
    if (isAborted(error)) return
    closeCamera()
    setView('welcome')
    fail(error, onCamera)
  }
}

/** The frame that stands is a photo from now on: looked at longer, painted anew with each choice, zoomed. */
async function onFreeze(): Promise<void> {
  const tryOn = opened
  if (!tryOn || currentState() !== 'camera') return
  setFrozen(true)
  freezeButton.setAttribute('aria-pressed', 'true')
  setState('busy')
  try {
    onStill(await photo.hold(camera.freeze(), tryOn))
  } catch (error) {
    if (!isAborted(error)) fail(error)
  }
}

async function onGoOn(): Promise<void> {
  photo.clear()
  melt()
  setState('camera')
  await camera.goOn().catch(fail)
}

function onStill(nails: readonly Nail[]): void {
  allowSaving(true)
  setState('painted')
  const { width, height } = canvas
  if (nails.length > 0) pwa.painted()
  sayFound(nails.length, hintFor({ nails, width, height, light: lightOf(canvas) }))
}

/** Errors while nothing was asked for: the camera was unplugged, the worker died. */
function onSessionError(error: LunulaError): void {
  if (camera.isOpen) goHome()
  if (opened?.state === 'failed') fail(error, restart)
  else fail(error, error.code === 'camera-ended' ? onCamera : undefined)
}

function onLook(): void {
  const tryOn = opened
  if (!tryOn) return
  tryOn.look = wearing.look
  if (photo.hasPhoto) photo.repaint(tryOn).catch(fail)
}

async function onPattern(picture: Blob): Promise<void> {
  try {
    await (await session).addPattern(OWN_PATTERN, picture)
    ownPattern = picture
  } catch (error) {
    fail(error)
    throw error
  }
}

/** A link brings a look. It is remembered as any other; the address is plain again. */
function openLink(): void {
  if (!/^#l\d+\./.test(location.hash)) return
  try {
    wearing.wear(lookFromHash(location.hash))
  } catch {
    fail(new Error(t('error.link')))
  }
  history.replaceState(history.state, '', location.pathname + location.search)
}

function goHome(): void {
  closeCamera()
  photo.clear()
  hideError()
  leaveStill()
  setView('welcome')
  allowSaving(false)
  rest()
}

function begin(view: 'photo' | 'camera', words: string): void {
  hideError()
  leaveStill()
  setView(view)
  setState('busy')
  allowSaving(false)
  say(words)
}

/** Zoom and comparison belong to the picture that was there. */
function leaveStill(): void {
  zoom.reset()
  endCompare()
}

function allowSaving(on: boolean): void {
  for (const id of ['save-button', 'share-button']) element(id, HTMLButtonElement).disabled = !on
}

function closeCamera(): void {
  camera.close()
  melt()
  live.reset()
  freezeButton.hidden = true
  cameraButton.setAttribute('aria-pressed', 'false')
  hideStats()
}

function melt(): void {
  setFrozen(false)
  freezeButton.setAttribute('aria-pressed', 'false')
  zoom.reset()
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
  if (photo.hasPhoto) setState('painted')
  else if (camera.isOpen) setState('camera')
  else setState(opened ? 'ready' : 'loading')
}
