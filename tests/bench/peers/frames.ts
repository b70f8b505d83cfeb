import { scenePhoto } from '../../../sdk_src/app/benchmark/photos.ts'
import { sceneOf } from '../../../sdk_src/app/benchmark/scenes.ts'
import { type Contender, type Task, WARM_UP_FRAMES } from './contender.ts'

/** A contender that is given a canvas: what most libraries take. look: resolves when the frame's result is there. */
export async function onCanvas(
  { scene, width, height }: Task,
  look: (canvas: HTMLCanvasElement, timeMs: number) => unknown,
  close: () => unknown,
): Promise<Contender> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d', { alpha: false })!
  const draw = sceneOf(scene, await scenePhoto())
  let step = 0
  return {
    async round(frames) {
      const times: number[] = []
      for (let i = -WARM_UP_FRAMES; i < frames; i++) {
        draw(context, step++)
        const since = performance.now()
        await look(canvas, step * 33)
        if (i >= 0) times.push(performance.now() - since)
        await new Promise((resolve) => setTimeout(resolve)) // other tasks of the page have their turn
      }
      return times
    },
    async close() {
      await close()
    },
  }
}
