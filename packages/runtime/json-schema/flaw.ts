/** What does not fit, of the value that was looked at. */
export interface Flaw {
  /** Where it stands in the value. */
  path: readonly string[]
  keyword: string
  /** Goes on after the path: `must be string`. Never holds the value. */
  message: string
  /** The member that is missing, or that nobody wants. */
  member: string | undefined
  allowed: readonly unknown[] | undefined
}

/** One that needs no more to be said is made once, before anything is looked at. */
export function flaw(keyword: string, message: string, member?: string): Flaw {
  return { path: [], keyword, message, member, allowed: undefined }
}

/** The same flaw, seen from the value around it. */
export function within(key: string, inner: Flaw): Flaw {
  return { ...inner, path: [key, ...inner.path] }
}
