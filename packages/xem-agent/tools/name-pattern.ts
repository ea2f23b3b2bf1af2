// Names of tools as a bundle writes them: whole, or with `*` for any characters.

/** Whether a name fits. Time is at most the product of both lengths. */
export function fitsPattern(pattern: string, name: string): boolean {
  let at = 0
  let from = 0
  /** Where to go on when what follows the last `*` does not fit. */
  let back: { at: number; from: number } | undefined
  while (from < name.length) {
    if (pattern[at] === '*') back = { at: at++, from }
    else if (pattern[at] === name[from]) {
      at++
      from++
    } else if (back !== undefined) {
      at = back.at + 1
      from = ++back.from
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** The value of the name itself, else of the first pattern that it fits. */
export function valueFor<T>(name: string, values: Readonly<Record<string, T>>): T | undefined {
  if (Object.hasOwn(values, name)) return values[name]
  return Object.entries(values).find(([pattern]) => fitsPattern(pattern, name))?.[1]
}
