/** What the element says in its status line, and to screen readers. */
export interface TryOnTexts {
  /** What the whole element is. */
  label: string
  /** percent: 0 to 100, or undefined while it is not known. */
  loading: (percent: number | undefined) => string
  /** While a photo is looked at, or the camera opens. */
  working: string
  /** count: how many nails of a photo are painted. */
  painted: (count: number) => string
  /** While the camera is painted. */
  camera: string
}

/** English; `LunulaTryOnElement.texts` replaces any of them. */
export const DEFAULT_TEXTS: TryOnTexts = {
  label: 'Nail polish try-on',
  loading: (percent) => (percent === undefined ? 'Loading' : `Loading: ${percent} %`),
  working: 'Looking for nails',
  painted: (count) => (count === 0 ? 'No nails found' : `${count} ${count === 1 ? 'nail' : 'nails'} painted`),
  camera: 'Painting what the camera sees',
}
