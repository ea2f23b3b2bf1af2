/**
 * Whether arrays and objects stand in each other more than
 * `levels` deep. Looks no deeper, so any value may be asked about.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1))
}
