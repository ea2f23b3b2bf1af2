import { limits } from './limits.ts'

/** Whether something of somebody else is nested deeper than anything of ours would follow it. */
export function isTooDeep(value: unknown): boolean {
  return isDeeperThan(value, limits.foreignDepth)
}

export const tooDeep = `is nested deeper than ${limits.foreignDepth} levels`

/**
 * Whether arrays and objects stand in each other more than
 * `levels` deep. Looks no deeper, so any value may be asked about.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1))
}
