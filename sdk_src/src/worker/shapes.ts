import { VARIANTS, type Variant } from '../backends/backend.ts'
import { BACKENDS, VARIANTS as SECOND_PASSES, STORAGES } from '../options.ts'
import { TIERS } from '../specs.ts'
import type { Backend, Variant as SecondPass, Storage, Tier } from '../types.ts'

/** The page has resolved its options: what is not as expected here comes from another version or another sender. */
export function isOptions(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.assets) || !isText(value.engine) || !isText(value.precision)) return false
  if (!SECOND_PASSES.includes(value.variant as SecondPass)) return false
  if (value.remembered !== undefined && !isVariant(value.remembered)) return false
  if (value.tier !== 'auto' && !TIERS.includes(value.tier as Tier)) return false
  return Number(value.targetFps) > 0 && (value.backend === 'auto' || isBackend(value.backend)) && isStorage(value.store)
}

export function isReady(value: unknown): boolean {
  if (!isRecord(value) || typeof value.bitmaps !== 'boolean' || !isText(value.modelVersion)) return false
  return isBackend(value.backend) && isVariant(value.variant) && isStorage(value.storage)
}

export function isFrameArgument(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.source)) return false
  const { width, height } = value.source
  return isFrame(value.frame) && Number(width) >= 1 && Number(height) >= 1
}

function isFrame(value: unknown): boolean {
  const classes = [globalThis.VideoFrame, globalThis.ImageBitmap, globalThis.ImageData]
  return classes.some((type) => type !== undefined && value instanceof type)
}

export function isDetection(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.nails) && value.nails.every(isNail) && isRecord(value.timings)
}

/** What would make the tracker or the renderer throw or draw garbage. */
function isNail(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.mask) || !isRecord(value.center) || !isRecord(value.size)) return false
  const { mask, center, size, direction, contour } = value
  if (!(mask.data instanceof Uint8Array) || !(contour instanceof Float32Array)) return false
  const whole = mask.data.length === Number(mask.width) * Number(mask.height)
  return whole && [center.x, center.y, size.length, size.width, direction].every(Number.isFinite)
}

export function isMemoryReport(value: unknown): boolean {
  return isRecord(value) && [value.tensors, value.tensorBytes, value.coreBytes].every(Number.isFinite)
}

export function isProgress(value: unknown): boolean {
  return isRecord(value) && Number.isFinite(value.loaded) && Number.isFinite(value.total) && isText(value.phase)
}

export function isBackend(value: unknown): boolean {
  return BACKENDS.includes(value as Backend)
}

function isVariant(value: unknown): boolean {
  return VARIANTS.includes(value as Variant)
}

function isStorage(value: unknown): boolean {
  return STORAGES.includes(value as Storage)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isNull(value: unknown): boolean {
  return value === null
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
