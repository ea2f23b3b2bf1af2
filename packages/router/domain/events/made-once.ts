import type { LoggedEvent } from './event-log.ts'

/** What is made of some events is made once for all readers who are given the same array. */
export function madeOnce<Core, Made>(
  make: (core: Core, events: readonly LoggedEvent[]) => Promise<Made>,
): (core: Core, events: readonly LoggedEvent[]) => Promise<Made> {
  const known = new WeakMap<readonly LoggedEvent[], Promise<Made>>()
  return (core, events) => {
    let made = known.get(events)
    if (made === undefined) {
      made = make(core, events)
      known.set(events, made)
    }
    return made
  }
}

/** In pieces of so many, the same arrays each time. */
export function piecesOf(events: readonly LoggedEvent[], size: number): readonly (readonly LoggedEvent[])[] {
  if (events.length <= size) return [events]
  let pieces = cut.get(events)
  if (pieces === undefined) {
    pieces = Array.from({ length: Math.ceil(events.length / size) }, (_, n) => events.slice(n * size, (n + 1) * size))
    cut.set(events, pieces)
  }
  return pieces
}

const cut = new WeakMap<readonly LoggedEvent[], readonly (readonly LoggedEvent[])[]>()
