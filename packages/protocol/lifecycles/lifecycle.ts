// Lifecycles are data (law L6): the API enum, the compare-and-set in SQL, the 409, the buttons and
// the diagram in the docs derive from these tables, and the database refuses an illegal move too.
import { keysOf } from '../table.ts'

export interface Lifecycle<State extends string> {
  readonly name: string
  readonly initial: readonly State[]
  /** From each state, the states it may move to. A state without moves is final. */
  readonly moves: { readonly [S in State]: readonly State[] }
}

export function defineLifecycle<State extends string>(lifecycle: Lifecycle<State>): Lifecycle<State> {
  return lifecycle
}

export function statesOf<State extends string>(lifecycle: Lifecycle<State>): State[] {
  return keysOf(lifecycle.moves)
}

export function canMove<State extends string>(lifecycle: Lifecycle<State>, from: State, to: State): boolean {
  return lifecycle.moves[from].includes(to)
}

/**
 * The states from which `to` can be reached in one
 * move: the `where state in (…)` of a compare-and-set.
 */
export function sourcesOf<State extends string>(lifecycle: Lifecycle<State>, to: State): State[] {
  return statesOf(lifecycle).filter((from) => canMove(lifecycle, from, to))
}

export function isFinal<State extends string>(lifecycle: Lifecycle<State>, state: State): boolean {
  return lifecycle.moves[state].length === 0
}
