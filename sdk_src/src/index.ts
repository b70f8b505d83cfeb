/**
 * Lunula: nail try-on in the browser, on the device.
 *
 * @packageDocumentation
 */
export { ERROR_CODES, LunulaError, type LunulaErrorCode } from './errors.ts'
export { FINISHES, PATTERNS, SHAPES } from './look/choices.ts'
export { DEFAULT_POLISH } from './look/look.ts'
export { lookFromHash, lookToHash } from './look/look_hash.ts'
export { LOOKS } from './look/looks.ts'
export { BACKENDS, ENGINES, SMOOTHINGS, TIERS, VARIANTS } from './options.ts'
export { type CameraOptions, closeCamera, openCamera } from './session/camera.ts'
export { NailTryOn, type PaintOptions } from './session/nail_try_on.ts'
export type * from './types.ts'
