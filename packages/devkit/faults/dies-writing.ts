// A process that dies at a chosen statement: before it is sent, or behind the commit of what it is
// part of, before anybody hears of that.
import pg from 'pg'

export interface WritingStep<Step extends string> {
  /** Of which statement. @param values as they are sent */
  is(text: string, values: readonly unknown[]): boolean
  before?: Step
  committed?: Step
}

/**
 * Looks at every statement of this process from now on.
 * @param dieAt called at each step reached
 */
export function markStatements<Step extends string>(
  steps: readonly WritingStep<Step>[],
  dieAt: (step: Step) => void,
): void {
  const { query } = pg.Client.prototype
  /** What the open transaction of each connection will have reached. */
  const reached = new WeakMap<object, Step[]>()
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown]
    const text = typeof first === 'string' ? first : first.text
    const values = typeof first === 'string' ? second : first.values
    for (const { is, before, committed } of steps) {
      if (!is(text, Array.isArray(values) ? values : [])) continue
      if (before !== undefined) dieAt(before)
      if (committed !== undefined) reached.set(this, [...(reached.get(this) ?? []), committed])
    }
    const answer = Reflect.apply(query, this, args)
    if (text !== 'commit' && text !== 'rollback') return answer
    const ends = reached.get(this) ?? []
    reached.delete(this)
    if (text === 'rollback' || ends.length === 0) return answer
    return (answer as Promise<unknown>).then((result) => {
      for (const step of ends) dieAt(step)
      return result
    })
  } as typeof query
}
