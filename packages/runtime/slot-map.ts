/**
 * A map for entries that come and go by the thousand. V8's Map keeps a pointer from each table that
 * it has outgrown to the next one (OrderedHashTable::Rehash), and the entries in it: once such a
 * table is in the old generation, everything that ever was in the map survives until the next full
 * collection. Here the tables hold keys and numbers only.
 */
export class SlotMap<Value extends object> {
  readonly #slots = new Map<string, number>()
  readonly #values: (Value | undefined)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#slots.size
  }

  has(key: string): boolean {
    return this.#slots.has(key)
  }

  get(key: string): Value | undefined {
    const slot = this.#slots.get(key)
    return slot === undefined ? undefined : this.#values[slot]
  }

  set(key: string, value: Value): void {
    let slot = this.#slots.get(key)
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.#values.length
      this.#slots.set(key, slot)
    }
    this.#values[slot] = value
  }

  delete(key: string): boolean {
    const slot = this.#slots.get(key)
    if (slot === undefined) return false
    this.#slots.delete(key)
    this.#values[slot] = undefined
    this.#free.push(slot)
    return true
  }

  /** In the order of their coming. */
  keys(): IterableIterator<string> {
    return this.#slots.keys()
  }

  /**
   * In the order of their coming, as they are now:
   * entries may come and go while they are looked at.
   */
  values(): Value[] {
    const values: Value[] = []
    for (const slot of this.#slots.values()) {
      const value = this.#values[slot]
      if (value !== undefined) values.push(value)
    }
    return values
  }
}
