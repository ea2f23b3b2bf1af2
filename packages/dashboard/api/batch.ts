/**
 * The first of many at once, and those that come soon after it together: fifty events a second are
 * not fifty pictures.
 */
export function batched<Item>(
  act: (items: readonly Item[]) => void,
  restMs: number,
): { add(item: Item): void; stop(): void } {
  let waiting: Item[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const rest = () => {
    timer = setTimeout(() => {
      timer = undefined
      if (waiting.length === 0) return
      const items = waiting
      waiting = []
      rest()
      act(items)
    }, restMs)
  }
  return {
    add(item) {
      if (timer !== undefined) {
        waiting.push(item)
        return
      }
      rest()
      act([item])
    },
    stop: () => clearTimeout(timer),
  }
}
