/** A clock that is far off must not be one that no column holds. */
export function timeOf(seconds: number): Date {
  return new Date(Math.min(seconds, 253_402_300_799) * 1000)
}
