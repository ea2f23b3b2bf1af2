/** Each thing once, by its key, in the order in which they come. */
export interface Places<Thing> {
  all: Thing[]
  of(thing: Thing): number
}

export function places<Thing>(keyOf: (thing: Thing) => string): Places<Thing> {
  const known = new Map<string, number>()
  const all: Thing[] = []
  return {
    all,
    of(thing) {
      const key = keyOf(thing)
      const before = known.get(key)
      if (before !== undefined) return before
      known.set(key, all.length)
      return all.push(thing) - 1
    },
  }
}
