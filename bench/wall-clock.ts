/**
 * The time since the epoch in fractions of a millisecond, as other processes of this machine see
 * it. Date.now() has whole milliseconds; what performance.now() lacks is the distance, which is
 * read off the moments at which Date.now() moves.
 */
export function wallClock(): () => number {
  let offset = Number.NEGATIVE_INFINITY
  const until = performance.now() + 20
  while (performance.now() < until) offset = Math.max(offset, Date.now() - performance.now())
  return () => offset + performance.now()
}
