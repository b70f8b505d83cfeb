// Compiled, never run, against the packed tarball. Each line under an @ts-expect-error must be refused.
import {
  type CreateOptions,
  closeCamera,
  ENGINES,
  ERROR_CODES,
  type Finish,
  type FrameDetail,
  LOOKS,
  type Look,
  LunulaError,
  type LunulaErrorCode,
  lookFromHash,
  lookToHash,
  type Metric,
  type Nail,
  type NailShape,
  NailTryOn,
  openCamera,
  type Polish,
  type TryOnState,
} from 'lunula'
import { DEFAULT_TEXTS, type LunulaTryOnElement, type TryOnTexts } from 'lunula/element'

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
function expect<_Truth extends true>(): void {}

export async function creating(signal: AbortSignal): Promise<void> {
  const options: CreateOptions = { assets: new URL('https://shop.example/lunula/'), engine: ENGINES[0], signal }
  const tryOn = await NailTryOn.create({ ...options, onProgress: ({ loaded, total }) => loaded / total })
  await NailTryOn.create()
  expect<Same<typeof tryOn, NailTryOn>>()
  // @ts-expect-error: made by create only
  new NailTryOn()
  // @ts-expect-error: a misspelt option
  await NailTryOn.create({ asset: '/' })
  // @ts-expect-error: no such backend
  await NailTryOn.create({ backend: 'cpu' })
  // @ts-expect-error: no such precision
  await NailTryOn.create({ precision: 'float64' })
  // @ts-expect-error: read only
  tryOn.backend = 'wasm'
}

export async function measuring(): Promise<void> {
  const onMetric = (metric: Metric) => {
    const { type, backend, modelVersion } = metric
    expect<Same<typeof type, 'start' | 'inference' | 'recovered' | 'error'>>()
    if (metric.type === 'inference') return metric.timings.pass1 + metric.latencyMs + metric.tier
    if (metric.type === 'error') expect<Same<typeof metric.code, LunulaErrorCode>>()
    // @ts-expect-error: nothing that is derived from the picture
    metric.nails
    return `${backend} ${modelVersion}`
  }
  await NailTryOn.create({ onMetric, metricsSampleRate: 0.1 })
  // @ts-expect-error: a share, not text
  await NailTryOn.create({ metricsSampleRate: '10%' })
}

export async function painting(tryOn: NailTryOn, photo: Blob, canvas: HTMLCanvasElement): Promise<void> {
  const polish: Polish = { color: '#8a0f2c', finish: 'gloss' }
  tryOn.polish = polish
  expect<Same<typeof tryOn.polish, Required<Polish>>>()
  const [finish, shape]: [Finish, NailShape] = ['cat-eye', 'coffin']
  tryOn.polish = { color: '#8a0f2c', finish, accent: '#fff', shape, length: 0.5, pattern: 'dots' }
  // @ts-expect-error: no such finish
  tryOn.polish = { color: '#8a0f2c', finish: 'velvet' }
  // @ts-expect-error: no such shape
  tryOn.polish = { color: '#8a0f2c', finish: 'gloss', shape: 'oval' }
  // @ts-expect-error: a finish is needed
  tryOn.polish = { color: '#8a0f2c' }

  const nails = await tryOn.detect(photo)
  expect<Same<typeof nails, Nail[]>>()
  await tryOn.paint(photo, canvas, { nails })
  await tryOn.paint(new ImageData(64, 64), new OffscreenCanvas(64, 64))
  // @ts-expect-error: an address is no picture
  await tryOn.detect('photo.jpg')
  // @ts-expect-error: the canvas is missing
  await tryOn.paint(photo)
  const data: Uint8Array = nails[0]!.mask.data
  const contour: Float32Array = nails[0]!.contour
  // @ts-expect-error: plain data, no methods
  nails[0]!.paint(data, contour)
}

export async function wearing(tryOn: NailTryOn, picture: ImageBitmap): Promise<void> {
  await tryOn.addPattern('daisies', picture)
  const look: Look = {
    name: 'Picnic',
    polish: { color: '#8a0f2c', finish: 'gloss' },
    fingers: { ring: { finish: 'pattern', pattern: 'daisies' }, thumb: { opacity: 0 } },
  }
  tryOn.look = look
  expect<Same<typeof tryOn.look, Look>>()
  const hash: string = lookToHash(LOOKS[0] ?? look)
  tryOn.look = lookFromHash(hash)
  // @ts-expect-error: nobody knows what is on that finger
  tryOn.look = { polish: look.polish, fingers: { unknown: { opacity: 0 } } }
  // @ts-expect-error: a look has a polish
  tryOn.look = { name: 'nothing' }
  // @ts-expect-error: looks of the SDK are not to be changed
  LOOKS.push(look)
}

export async function filming(tryOn: NailTryOn, video: HTMLVideoElement, canvas: HTMLCanvasElement): Promise<void> {
  const stream = await openCamera({ facingMode: 'user' })
  // @ts-expect-error: no such side
  await openCamera({ facingMode: 'front' })
  await tryOn.start(video, canvas)
  // @ts-expect-error: the canvas comes second
  await tryOn.start(canvas, video)
  tryOn.addEventListener('frame', ({ detail }) => expect<Same<typeof detail, FrameDetail>>())
  tryOn.addEventListener('state', ({ detail }) => expect<Same<typeof detail.state, TryOnState>>())
  tryOn.addEventListener('error', ({ detail }) => expect<Same<typeof detail.error, LunulaError>>())
  // @ts-expect-error: no such detail
  tryOn.addEventListener('frame', ({ detail }) => detail.pixels)
  closeCamera(stream)
  expect<Same<Awaited<ReturnType<NailTryOn['close']>>, void>>()
}

export function failing(thrown: unknown): string {
  if (!(thrown instanceof LunulaError)) return 'something else'
  const code: LunulaErrorCode = thrown.code
  // @ts-expect-error: no such code
  if (thrown.code === 'camera-broken') return ''
  return ERROR_CODES.includes(code) ? thrown.message : String(thrown.cause)
}

export function embedding(file: File): void {
  const element = document.createElement('lunula-try-on')
  expect<Same<typeof element, LunulaTryOnElement>>()
  const found = document.querySelector('lunula-try-on')
  expect<Same<typeof found, LunulaTryOnElement | null>>()
  const html: HTMLElement = element

  element.color = '#14a046'
  element.finish = 'matte'
  element.opacity = null
  element.camera = true
  element.show(file)
  element.texts = { label: 'Nagellack' }
  const texts: TryOnTexts = { ...DEFAULT_TEXTS, painted: (count) => `${count}` }
  // @ts-expect-error: no such text
  element.texts = { title: texts.label }
  element.finish = 'glitter'
  // @ts-expect-error: no such finish
  element.finish = 'velvet'
  // @ts-expect-error: a boolean
  element.camera = 'user'
  // @ts-expect-error: read only
  element.tryOn = null
  // @ts-expect-error: an address is no picture; that is `src`
  element.show('photo.jpg')

  element.addEventListener('painted', ({ detail }) => expect<Same<typeof detail.nails, Nail[]>>())
  element.addEventListener('ready', ({ detail }) => expect<Same<typeof detail.tryOn, NailTryOn>>())
  element.addEventListener('error', ({ detail }) => expect<Same<typeof detail.error, LunulaError>>())
  element.addEventListener('click', ({ clientX }) => expect<Same<typeof clientX, number>>())
  // @ts-expect-error: no such detail
  element.addEventListener('painted', ({ detail }) => detail.pixels)
  html.removeEventListener('click', () => {})
}
