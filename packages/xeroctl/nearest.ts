// What somebody meant who mistyped it.

/** The one that begins like the word or differs from it by little; undefined when none does. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  if (typed.length >= shortestStart) {
    const begun = known.find((name) => name.startsWith(typed))
    if (begun !== undefined) return begun
  }
  const [best] = known
    .map((name) => ({ name, edits: editsBetween(typed, name) }))
    .filter(({ name, edits }) => edits <= Math.floor(Math.min(typed.length, name.length) / charactersAnEdit))
    .sort((a, b) => a.edits - b.edits)
  return best?.name
}

/**
 * A hint for who gave `word` where a verb of the group may have been meant; undefined when it is
 * like none of them.
 */
export function nearestVerb(word: string | undefined, { path, verbs }: Verbs): string | undefined {
  const meant = word === undefined ? undefined : nearest(word, verbs)
  return meant === undefined ? undefined : `Did you mean \`xeroctl ${path} ${meant}\`?`
}

export interface Verbs {
  /** Words that lead to the group. */
  path: string
  verbs: readonly string[]
}

const shortestStart = 3
const charactersAnEdit = 3

/** Letters put in, left out, replaced, or swapped with the next. */
function editsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped))
    }
  }
  return at(a.length, b.length)
}
