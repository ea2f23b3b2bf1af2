/** Values that are alike, held once for as long as somebody uses them. */
export interface Alike<Value extends object> {
  /** The one that is held. */
  get(digest: string): Value | undefined
  /** Holds the value, unless one like it is held already. @returns the one that is held */
  hold(digest: string, value: Value): Value
}

export function createAlike<Value extends object>(): Alike<Value> {
  const held = new Map<string, WeakRef<Value>>()
  const gone = new FinalizationRegistry<string>((digest) => {
    if (held.get(digest)?.deref() === undefined) held.delete(digest)
  })
  const get = (digest: string) => held.get(digest)?.deref()
  return {
    get,
    hold(digest, value) {
      const before = get(digest)
      if (before !== undefined) return before
      held.set(digest, new WeakRef(value))
      gone.register(value, digest)
      return value
    },
  }
}
