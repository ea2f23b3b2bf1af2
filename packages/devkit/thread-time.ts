/**
 * What this thread has computed so far, as milliseconds of the machine that bars are set for. So it
 * says how long something takes also on a machine that is slower, or busy with other things.
 */
export function threadMs(): number {
  return ownMs() / slowness
}

function ownMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const steps = 1_000_000
/** A multiplication that waits for the one before, on a core of 3 GHz: some 4.5 cycles. */
const msForSteps = 1.5

/** Never below 1: nobody has to be faster than the bar. */
const slowness = Math.max(1, middle(Array.from({ length: 7 }, timeOfSteps)) / msForSteps)

function timeOfSteps(): number {
  const from = ownMs()
  let value = 0
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 31) + step) | 0
  return value === 1 ? 0 : ownMs() - from
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? msForSteps
}
