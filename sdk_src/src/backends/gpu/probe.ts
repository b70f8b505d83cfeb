import { expectedAnswer, holdAnswer, SMALL_GRAPH } from '../tfjs/probe_answer.ts'
import type { Executor } from './executor.ts'
import type { Plan } from './plan.ts'
import { smallPlan, speedPlan, wave } from './probe_plans.ts'

const SPEED_RUNS = 3
const SPEED_SIDE = 64
const SPEED_CHANNELS = 32
const SPEED_BLOCKS = 8

/** Throws when an executor does not give what plain JavaScript computes for the small graph. */
export async function checkPlans(executor: Executor): Promise<void> {
  await prepared(executor, smallPlan(), async (plan) => {
    const [got] = await executor.run(plan, SMALL_GRAPH.x)
    holdAnswer(got!, expectedAnswer(SMALL_GRAPH))
  })
}

/**
 * Least milliseconds of a stack of layers like the networks' (43 M multiply-adds), read back, after a first run: the one
 * that tfjs/probe.ts measures. toBeat: a backend that is twice as slow is not measured further.
 */
export async function measurePlans(executor: Executor, toBeat: number): Promise<number> {
  const x = wave(SPEED_SIDE ** 2 * SPEED_CHANNELS, 1)
  let best = Number.POSITIVE_INFINITY
  await prepared(executor, speedPlan(SPEED_SIDE, SPEED_CHANNELS, SPEED_BLOCKS), async (plan) => {
    for (let run = 0; run <= SPEED_RUNS && (run < 2 || best < 2 * toBeat); run++) {
      const start = performance.now()
      await executor.run(plan, x)
      if (run > 0) best = Math.min(best, performance.now() - start) // the first run touches memory
    }
  })
  return best
}

async function prepared(executor: Executor, plan: Plan, use: (plan: Plan) => Promise<void>): Promise<void> {
  try {
    await executor.prepare(plan)
    await use(plan)
  } finally {
    executor.release([plan])
  }
}
