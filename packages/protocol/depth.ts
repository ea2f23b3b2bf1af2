import { limits } from './limits.ts'
import { messageOf } from './thrown.ts'

/** Whether something of somebody else is nested deeper than anything of ours would follow it. */
export function isTooDeep(value: unknown): boolean {
  return isDeeperThan(value, limits.foreignDepth)
}

export const tooDeep = `is nested deeper than ${limits.foreignDepth} levels`

/**
 * Why a parser refused a text of somebody else. One that had no stack left says so in its own
 * ways: some catch the engine's error where it strikes, and pass its message on.
 */
export function reasonOfParser(error: unknown, deep: string = tooDeep): string {
  const reason = messageOf(error)
  return error instanceof RangeError || reason.includes('Maximum call stack size exceeded') ? deep : reason
}

/**
 * Whether arrays and objects stand in each other more than
 * `levels` deep. Looks no deeper, so any value may be asked about.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1))
}
