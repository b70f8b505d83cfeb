/**
 * Lunula: nail try-on in the browser, on the device.
 *
 * @packageDocumentation
 */
export { ERROR_CODES, LunulaError, type LunulaErrorCode } from './errors.ts'
export { BACKENDS, DEFAULT_POLISH, ENGINES, FINISHES } from './options.ts'
export { type CameraOptions, closeCamera, openCamera } from './session/camera.ts'
export { NailTryOn, type PaintOptions } from './session/nail_try_on.ts'
export type * from './types.ts'
