/**
 * Every way in which Lunula fails, one code each.
 *
 * | code | what the page should do |
 * | --- | --- |
 * | `camera-denied` | explain why the camera is needed and how to allow it; offer a photo |
 * | `camera-busy` | ask to close the other program that uses the camera |
 * | `camera-missing` | offer a photo |
 * | `camera-ended` | offer a button that opens the camera again |
 * | `context-lost` | nothing, unless it comes again: the SDK heals by itself |
 * | `backend-unavailable` | let `backend` be `'auto'`, or say that the browser is too old |
 * | `shard-corrupt` | offer to try again; if it stays, check what the server sends |
 * | `shard-missing` | check that the whole of `dist/models` was deployed |
 * | `manifest-invalid` | check that `models/manifest.json` was deployed |
 * | `asset-missing` | check the `assets` option and that all of `dist` was deployed |
 * | `quota-exceeded` | nothing: the SDK runs from memory; say that it will be downloaded again |
 * | `offline-not-cached` | ask to go online once |
 * | `image-unusable` | ask for another file |
 * | `image-too-small`, `image-too-large` | ask for another photo |
 * | `option-invalid` | correct the program |
 * | `worker-failed` | create a new `NailTryOn` |
 * | `session-closed` | create a new `NailTryOn` |
 * | `aborted` | nothing: the page asked for it |
 */
export type LunulaErrorCode = keyof typeof CATALOGUE

/** One sentence or two for a person: what was wrong, what to do. Words in braces are filled in by {@link fail}. */
const CATALOGUE = {
  'camera-denied':
    'The camera is not allowed here. Allow it in the settings of the browser for this page and start again.',
  'camera-busy':
    'The camera cannot be read, probably because another program uses it. Close that program and start again.',
  'camera-missing': 'No camera fits the request ({detail}). Connect one, or choose a photo.',
  'camera-ended': 'The camera stopped: it was unplugged or its permission was withdrawn. Start it again.',
  'context-lost': 'The graphics card was taken away for a moment ({detail}). Try again.',
  'backend-unavailable':
    'This browser cannot compute with "{backend}": {detail}. Use another browser or backend "auto".',
  'shard-corrupt':
    'A part of the model arrived damaged {tries} times ({path}: {detail}). Check the connection and try again.',
  'shard-missing': 'A part of the model is not on the server ({path}: {detail}). Deploy the whole models folder.',
  'manifest-invalid': 'The list of models cannot be used ({path}: {detail}). Deploy the whole models folder.',
  'asset-missing':
    'A file of Lunula could not be loaded ({path}: {detail}). Check the option "assets" and what was deployed.',
  'quota-exceeded':
    'There is no room left to store the models ({detail}). They work now, but will be downloaded again.',
  'offline-not-cached':
    'The models are not stored on this device yet, and the server cannot be reached ({path}). Go online once.',
  'image-unusable': 'This file is no picture that can be read ({detail}). Choose a JPEG, PNG or WebP photo.',
  'image-too-small': 'The picture is too small: {width} x {height} pixels, at least {least} on each side are needed.',
  'image-too-large': 'The picture is too large: {width} x {height} pixels, at most {most} megapixels can be used.',
  'option-invalid': 'The option "{option}" is {given}, expected is {expected}.',
  'worker-failed': 'The computing part of Lunula stopped ({detail}). Start it again.',
  'session-closed': 'This try-on is closed. Create a new one.',
  aborted: 'Stopped, as asked.',
} as const

/** All codes, for exhaustive handling and for checking messages. */
export const ERROR_CODES = /* @__PURE__ */ Object.keys(CATALOGUE) as LunulaErrorCode[]

type Words<Text extends string> = Text extends `${string}{${infer Word}}${infer Rest}` ? Word | Words<Rest> : never

/** The words that the sentence of a code has room for. */
export type ErrorDetails<Code extends LunulaErrorCode> = Record<Words<(typeof CATALOGUE)[Code]>, string | number>

/** What every function of Lunula throws: a code for the program, a message for a person, and the cause, if any. */
export class LunulaError extends Error {
  /** Always `LunulaError`, also where two copies of the class meet. */
  override readonly name = 'LunulaError'

  constructor(
    /** See {@link LunulaErrorCode} for what to do about each. */
    readonly code: LunulaErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Makes the error of a code from the catalogue; throwing is up to the caller, so that control flow stays visible. */
export function fail<Code extends LunulaErrorCode>(
  code: Code,
  details: ErrorDetails<Code>,
  cause?: unknown,
): LunulaError {
  const words: Record<string, string | number> = details
  const message = CATALOGUE[code].replace(/\{(\w+)\}/g, (_, word: string) => String(words[word]))
  return new LunulaError(code, message, cause === undefined ? undefined : { cause })
}
