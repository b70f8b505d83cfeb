/**
 * What is told while the camera runs: how many nails there are, what would help, and the statistics.
 */
import type { FrameDetail, NailTryOn } from 'lunula'
import { hintFor, type Light, SteadyHint } from './hints.ts'
import { lightOf } from './light.ts'
import { showStats } from './stats.ts'
import { sayFound } from './status.ts'

const LIGHT_INTERVAL_MS = 1000

export class LiveReport {
  readonly #video: HTMLVideoElement
  readonly #hint = new SteadyHint()
  #light: Light | null = null
  #lightAt = Number.NEGATIVE_INFINITY

  constructor(video: HTMLVideoElement) {
    this.#video = video
  }

  frame(detail: FrameDetail, tryOn: NailTryOn): void {
    const now = performance.now()
    if (now - this.#lightAt > LIGHT_INTERVAL_MS) {
      this.#lightAt = now
      this.#light = lightOf(this.#video)
    }
    const { videoWidth: width, videoHeight: height } = this.#video
    const hint = hintFor({ nails: detail.nails, width, height, light: this.#light })
    const shown = this.#hint.at(hint, now)
    // Without nails and without a hint yet the last words stay.
    if (shown || detail.nails.length > 0) sayFound(detail.nails.length, shown)
    showStats(detail, tryOn)
  }

  reset(): void {
    this.#hint.reset()
    this.#lightAt = Number.NEGATIVE_INFINITY
  }
}
