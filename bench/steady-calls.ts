// Calls at a steady rate, whatever each takes.
import { quantile } from './closed-loop.ts'
import { openEchoCalls } from './echo-calls.ts'
import type { RouterUnderTest } from './system.ts'

export interface SteadyTimes {
  p50: number
  p99: number
  made: number
}

/** @param rate calls a second */
export async function callsAt(
  router: RouterUnderTest,
  workspace: string,
  rate: number,
  seconds: number,
): Promise<SteadyTimes> {
  const calls = openEchoCalls(router, workspace, 64)
  const took: number[] = []
  const open = new Set<Promise<void>>()
  const from = performance.now()
  for (let n = 0; n < rate * seconds; n++) {
    const due = from + (n * 1000) / rate
    const wait = due - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const begun = performance.now()
    const one = calls.call().then(() => void took.push(performance.now() - begun))
    open.add(one)
    void one.finally(() => open.delete(one))
  }
  await Promise.all(open)
  await calls.close()
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99), made: took.length }
}
