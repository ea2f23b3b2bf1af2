// Which members and items of a value some keyword has looked at, for `unevaluatedProperties` and
// `unevaluatedItems`.

import { nameSteps, type Run } from './run.ts'

export interface Evaluated {
  names: Set<string>
  /** Items before this one. */
  prefix: number
  /** Single items, which `contains` has found. */
  items: Set<number>
}

export function nothingEvaluated(): Evaluated {
  return { names: new Set(), prefix: 0, items: new Set() }
}

/** @throws TooCostly */
export function addName(to: Evaluated | undefined, name: string, run: Run): void {
  if (to === undefined) return
  run.spend(2 * nameSteps)
  to.names.add(name)
}

/** @throws TooCostly */
export function addEvaluated(to: Evaluated, from: Evaluated, run: Run): void {
  run.spend(2 * nameSteps * (from.names.size + from.items.size))
  for (const name of from.names) to.names.add(name)
  for (const item of from.items) to.items.add(item)
  to.prefix = Math.max(to.prefix, from.prefix)
}
