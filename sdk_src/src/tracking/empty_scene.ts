/** Inferences in a row that showed no nail before a scene counts as empty: a second at 30 a second. */
const EMPTY_INFERENCES = 30

/** Which of a video's frames are worth an inference: all, but every other one of an empty scene, to save the battery. */
export class EmptyScene {
  #empty = 0
  #skipped = false

  /** Reports what an inference showed. */
  saw(nails: number): void {
    this.#empty = nails > 0 ? 0 : this.#empty + 1
  }

  /** To be asked once for each frame. */
  skips(): boolean {
    this.#skipped = this.#empty >= EMPTY_INFERENCES && !this.#skipped
    return this.#skipped
  }
}
