// Places that are kept. What has one keeps it for as long as the page is open, what comes takes the
// first that is free, and what is gone leaves a gap: nothing moves because something else came.

export interface Slots {
  /** @returns the place of each of these in its group */
  take(group: string, ids: readonly string[]): ReadonlyMap<string, number>
}

export function createSlots(): Slots {
  const groups = new Map<string, Map<string, number>>()
  return {
    take(group, ids) {
      const before = groups.get(group)
      const taken = new Map<string, number>()
      for (const id of ids) {
        const place = before?.get(id)
        if (place !== undefined) taken.set(id, place)
      }
      const used = new Set(taken.values())
      let next = 0
      for (const id of ids) {
        if (taken.has(id)) continue
        while (used.has(next)) next += 1
        taken.set(id, next)
        used.add(next)
      }
      groups.set(group, taken)
      return taken
    },
  }
}

/** Room grows by halves, so that it grows seldom: 2, 3, 4, 6, 8, 12, 16, … */
export function roomFor(count: number): number {
  let room = 2
  while (room < count) room = Number.isInteger(Math.log2(room)) ? room * 1.5 : (room / 3) * 4
  return room
}
