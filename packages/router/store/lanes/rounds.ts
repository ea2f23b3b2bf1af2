// What many wait for, and each in its turn: one item of everybody a round.

export interface Rounds<Item> {
  readonly length: number
  has(who: string): boolean
  push(who: string, item: Item): void
  /**
   * The next item of each, round by round. Whose item is not taken has no more turns in this walk,
   * and keeps its place for the next one.
   */
  inTurn(): Iterable<{ item: Item; take(): void }>
  /** Empties it. @returns what was there: of each in its order */
  clear(): Item[]
}

interface Row<Item> {
  items: Item[]
  /** Those before it are gone: an array of thousands is not moved for each. */
  head: number
}

export function createRounds<Item>(): Rounds<Item> {
  /** Whoever had a turn goes to the end. */
  const rows = new Map<string, Row<Item>>()
  let length = 0

  function taken(who: string, row: Row<Item>): void {
    row.head += 1
    length -= 1
    rows.delete(who)
    // Who walks a map comes to what is added meanwhile: that is the next round.
    if (row.head < row.items.length) rows.set(who, row)
  }

  return {
    get length() {
      return length
    },
    has: (who) => rows.has(who),
    push(who, item) {
      const row = rows.get(who)
      if (row === undefined) rows.set(who, { items: [item], head: 0 })
      else row.items.push(item)
      length += 1
    },
    *inTurn() {
      for (const [who, row] of rows) {
        const item = row.items[row.head]
        if (item !== undefined) yield { item, take: () => taken(who, row) }
      }
    },
    clear() {
      const all = [...rows.values()].flatMap(({ items, head }) => items.slice(head))
      rows.clear()
      length = 0
      return all
    },
  }
}
