// A sliding window in 60 slots: never more than `requests` in any window of that length, whatever
// the pattern, in constant memory. The slot that has half left the window still counts, so that it
// errs on the strict side by a sixtieth.
const slots = 60

export interface Window {
  readonly requests: number
  readonly windowMs: number
  /** Counts one request. Milliseconds to wait when there is no room; 0 when it was let in. */
  take(now: number): number
  /** Whether there is no room, without counting. */
  full(now: number): boolean
  remaining(): number
}

/** As many as are remembered at once; of more, those that came first begin anew. */
const rememberedWindows = 10_000

/** Windows by name; one whose size has changed begins anew. */
export function createWindows(): (name: string, requests: number, windowMs: number) => Window {
  const windows = new Map<string, Window>()
  return (name, requests, windowMs) => {
    const known = windows.get(name)
    if (known !== undefined && known.requests === requests && known.windowMs === windowMs) return known
    const [oldest] = windows.keys()
    if (windows.size >= rememberedWindows && oldest !== undefined) windows.delete(oldest)
    const fresh = createWindow(requests, windowMs)
    windows.set(name, fresh)
    return fresh
  }
}

export function createWindow(requests: number, windowMs: number): Window {
  const slotMs = windowMs / slots
  const counts = new Float64Array(slots + 1)
  const countOf = (slot: number) => counts[slot % counts.length] ?? 0
  const setCount = (slot: number, count: number) => {
    counts[slot % counts.length] = count
  }
  let current = 0
  let total = 0

  const advance = (now: number) => {
    const slot = Math.floor(now / slotMs)
    const steps = Math.min(slot - current, counts.length)
    for (let step = 1; step <= steps; step++) {
      const entered = slot - steps + step
      total -= countOf(entered)
      setCount(entered, 0)
    }
    if (slot > current) current = slot
  }
  const wait = (now: number) => {
    for (let slot = current - slots; slot <= current; slot++) {
      if (slot >= 0 && countOf(slot) > 0) {
        // A whole millisecond past the end of the slot: a slot is no whole number of them.
        return Math.floor((slot + slots + 1) * slotMs - now) + 1
      }
    }
    return 1
  }

  return {
    requests,
    windowMs,
    take(now) {
      advance(now)
      if (total >= requests) return wait(now)
      setCount(current, countOf(current) + 1)
      total += 1
      return 0
    },
    full(now) {
      advance(now)
      return total >= requests
    },
    remaining: () => Math.max(0, requests - total),
  }
}
