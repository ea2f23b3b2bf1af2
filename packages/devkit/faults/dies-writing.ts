// A process that dies at a chosen statement: before it is sent, or behind the commit of what it is
// part of, before anybody hears of that.
import pg from 'pg'

export interface WritingStep<Step extends string> {
  /** Of which statement. @param values as they are sent */
  is(text: string, values: readonly unknown[]): boolean
  before?: Step
  committed?: Step
}

interface Given {
  text?: string
  values?: unknown[]
  callback: (error: unknown, result: unknown) => void
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
    // The router gives queries with a callback (store/in-time.ts); those of its lanes have no text.
    const [given] = args as [Given]
    const { text = '', values } = given
    for (const { is, before, committed } of steps) {
      if (!is(text, Array.isArray(values) ? values : [])) continue
      if (before !== undefined) dieAt(before)
      if (committed !== undefined) reached.set(this, [...(reached.get(this) ?? []), committed])
    }
    if (text === 'commit' || text === 'rollback') {
      const ends = reached.get(this) ?? []
      reached.delete(this)
      const { callback } = given
      given.callback = (error, result) => {
        if (text === 'commit' && !error) for (const step of ends) dieAt(step)
        callback(error, result)
      }
    }
    return Reflect.apply(query, this, args)
  } as typeof query
}
