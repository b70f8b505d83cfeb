import { scenePhoto } from '../../../sdk_src/app/benchmark/photos.ts'
import { Bench, type Setup } from '../../../sdk_src/app/benchmark/runs.ts'
import type { Sample } from '../../../sdk_src/app/benchmark/stages.ts'
import type { Contender, Task } from './contender.ts'
import { onCanvas } from './frames.ts'

/** Lunula, as a page uses it: a video in, a painted canvas out; frame to nails. samples: filled, stage by stage. */
export async function lunula(task: Task, setup: Setup, samples: Sample[]): Promise<Contender> {
  const stage = document.body.appendChild(document.createElement('div'))
  const bench = await Bench.open(setup, stage)
  const photo = await scenePhoto()
  return {
    round: async (frames) => (await bench.run({ ...task, setup, frames }, photo, (sample) => samples.push(sample))).raw,
    async close() {
      await bench.close()
      stage.remove()
    },
  }
}

/**
 * Without any memory: each frame is a photo of its own. `rtdetr-full` looks at the whole frame once; the cascade looks at
 * it, and once more around its nails.
 */
export async function naive(task: Task, setup: Setup): Promise<Contender> {
  const stage = document.createElement('div')
  const bench = await Bench.open(setup, stage)
  return onCanvas(
    task,
    (canvas) => bench.tryOn.detect(canvas),
    () => bench.close(),
  )
}
