/**
 * Settings: language, camera, how nails are found. Remembered on this device; what has no effect here is not offered.
 */
import { BACKENDS, type CreateOptions, ENGINES, type Engine, SMOOTHINGS, TIERS, VARIANTS } from 'lunula'
import type { CameraWishes } from './camera.ts'
import { mountDialog } from './dialog.ts'
import { element } from './elements.ts'
import { LANGUAGES, type MessageKey, onLanguage, speak, t } from './i18n.ts'
import { recall, remember } from './memory.ts'
import { wantStats } from './stats.ts'

export interface SettingsHooks {
  /** The session has to be opened anew. */
  readonly session: () => void
  /** The camera has to be opened anew, if it is open. */
  readonly camera: () => void
}

interface Option {
  readonly value: string
  readonly name: () => string
}

const AUTO: Option = { value: 'auto', name: () => t('setting.auto') }
const BACKEND_NAMES: Record<string, string> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly' }

export function mountSettings({ session, camera }: SettingsHooks): void {
  let asked = false
  mountDialog('settings', () => {
    void fillCameras()
    if (!asked) void builtEngines().then(engines) // a host is asked once, and only by people who look here
    asked = true
    element('settings-readiness', HTMLElement).textContent = readinessWords()
  })
  const message = (group: string, value: string): Option => ({
    value,
    name: () => t(`setting.${group}.${value}` as MessageKey),
  })
  const plain = (value: string, name: string): Option => ({ value, name: () => name })
  const languages = Object.entries(LANGUAGES).map(([tag, { language }]) => plain(tag, language))
  offer('language', [AUTO, ...languages], speak)
  offer('mirror', [AUTO, ...['on', 'off'].map((value) => plainMessage(value))], camera)
  const engines = (built: readonly Engine[]) =>
    offer(
      'engine',
      built.map((engine) => message('engine', engine)),
      session,
    )
  engines(ENGINES.filter((engine) => engine === 'cascade' || engine === known('engine')))
  offer(
    'variant',
    VARIANTS.map((variant) => message('variant', variant)),
    session,
  )
  offer('backend', [AUTO, ...BACKENDS.map((backend) => plain(backend, BACKEND_NAMES[backend] ?? backend))], session)
  offer('tier', [AUTO, ...TIERS.map((tier) => plain(String(tier), `${tier} × ${tier}`))], session)
  offer(
    'smoothing',
    SMOOTHINGS.map((smoothing) => message('smoothing', smoothing)),
    session,
  )
  element('setting-camera', HTMLSelectElement).addEventListener('change', ({ target }) => {
    remember('camera', (target as HTMLSelectElement).value)
    camera()
  })
  onLanguage(() => void fillCameras())
  const statistics = element('setting-statistics', HTMLInputElement)
  statistics.checked = recall('statistics') === 'on'
  wantStats(statistics.checked)
  statistics.addEventListener('change', () => {
    remember('statistics', statistics.checked ? 'on' : 'off')
    wantStats(statistics.checked)
  })
}

/** What `NailTryOn.create` is told; `?backend=wasm&precision=uint8` in the address goes first, for comparing. */
export function sessionOptions(): Partial<CreateOptions> {
  const wanted = new URLSearchParams(location.search)
  const options: Record<string, string | number> = {}
  for (const key of ['engine', 'variant', 'backend', 'precision', 'smoothing', 'tier']) {
    const value = wanted.get(key) ?? known(key)
    if (value) options[key] = key === 'tier' && value !== 'auto' ? Number(value) : value
  }
  return options
}

export function cameraWishes(): CameraWishes {
  const mirror = recall('mirror')
  return { deviceId: recall('camera') ?? '', mirror: mirror === 'on' || mirror === 'off' ? mirror : 'auto' }
}

/** Take back the choice of other networks than the standard ones. @returns whether there was such a choice */
export function forgetModels(): boolean {
  const chosen = ['engine', 'variant'].filter((key) => known(key))
  for (const key of chosen) {
    remember(key, '')
    element(`setting-${key}`, HTMLSelectElement).selectedIndex = 0
  }
  return chosen.length > 0
}

/** A remembered setting, unless this version does not know it: then the app would not start. */
function known(key: string): string | null {
  const choices: Record<string, readonly (string | number)[]> = {
    engine: ENGINES,
    variant: VARIANTS,
    backend: BACKENDS,
    smoothing: SMOOTHINGS,
    tier: TIERS,
  }
  const value = recall(key)
  return value && choices[key]?.map(String).includes(value) ? value : null
}

/** Those whose networks this host has: the larger ones are optional, and have a manifest each (`scons rtdetr`). */
async function builtEngines(): Promise<Engine[]> {
  const isHere = async (engine: Engine) => {
    if (engine === 'cascade' || engine === known('engine')) return true
    const answer = await fetch(`models/${engine}.json`, { method: 'HEAD' }).catch(() => null)
    return answer?.ok ?? false // offline: the one that is stored
  }
  const here = await Promise.all(ENGINES.map(isHere))
  return ENGINES.filter((_, at) => here[at])
}

function offer(key: string, options: readonly Option[], onChange: (value: string) => void): void {
  const select = element(`setting-${key}`, HTMLSelectElement)
  const fill = () => {
    const value = recall(key) || options[0]?.value || ''
    select.replaceChildren(...options.map(({ value: each, name }) => new Option(name(), each)))
    select.value = options.some((each) => each.value === value) ? value : (options[0]?.value ?? '')
  }
  fill()
  onLanguage(fill)
  select.onchange = () => {
    remember(key, select.value)
    onChange(select.value)
  }
}

function plainMessage(value: string): Option {
  return { value, name: () => t(`setting.${value}` as MessageKey) }
}

/** Names of cameras are told only after one was allowed; until then they have numbers. */
async function fillCameras(): Promise<void> {
  const select = element('setting-camera', HTMLSelectElement)
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []
  const cameras = devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId)
  select.replaceChildren(
    new Option(t('setting.auto'), ''),
    ...cameras.map(({ deviceId, label }, at) => new Option(label || t('setting.camera-n', { n: at + 1 }), deviceId)),
  )
  const wished = cameraWishes().deviceId
  select.value = cameras.some(({ deviceId }) => deviceId === wished) ? wished : ''
}

function readinessWords(): string {
  const [words, offline] = ['readiness', 'ready-offline'].map((id) => element(id, HTMLElement))
  return (offline?.hidden ? words : offline)?.textContent ?? ''
}
