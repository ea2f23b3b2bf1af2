// When the router last answered this browser: what is said once it does not any more.
const key = 'xerotier-heard'
const everyMs = 10_000
let notedAt = 0

export function noteHeard(): void {
  const now = Date.now()
  if (now - notedAt < everyMs) return
  notedAt = now
  try {
    localStorage.setItem(key, String(now))
  } catch {
    // A browser that keeps nothing for us.
  }
}

/** Milliseconds; undefined when it never has, or nobody knows. */
export function lastHeard(): number | undefined {
  try {
    const at = Number(localStorage.getItem(key))
    return at > 0 ? at : undefined
  } catch {
    return undefined
  }
}
