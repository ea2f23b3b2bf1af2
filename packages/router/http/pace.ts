/** Does what is handed in one by one, each in a turn of the event loop of its own. */
export function createPace(): (work: () => void) => void {
  const waiting: (() => void)[] = []
  const next = () => {
    waiting.shift()?.()
    if (waiting.length > 0) setImmediate(next)
  }
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(next)
  }
}
