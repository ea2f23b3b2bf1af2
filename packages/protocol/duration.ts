// How long something took, for people.
const units: readonly [name: string, seconds: number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
]

/** The two largest units: `1h 5m`, `42s`. */
export function duration(seconds: number): string {
  const parts: string[] = []
  let left = Math.round(seconds)
  for (const [name, size] of units) {
    if (left >= size && parts.length < 2) {
      parts.push(`${Math.floor(left / size)}${name}`)
      left %= size
    } else if (parts.length > 0) break
  }
  return parts.join(' ') || '0s'
}

/** `850 ms`, `1.2 s`, `3m 5s`. */
export function milliseconds(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000)
}
