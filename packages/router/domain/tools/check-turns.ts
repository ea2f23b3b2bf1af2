// Schemas come from agents and arguments from callers. A check is bounded, but many at once are
// not: what costs much takes turns, and everybody else is heard in between.
import { limits } from '@xerotier/protocol/limits.ts'

/** Less is the cost of any request. */
const cheapSteps = 1_000

const waiting: (() => void)[] = []
let spent = 0
let turnComes = false

/** At once, or when the checks of this turn of the event loop have not taken too much. */
export function inTurn<T>(check: () => T): T | Promise<T> {
  if (spent < limits.schemaStepsPerTurn && waiting.length === 0) return check()
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      try {
        resolve(check())
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** A check has taken these steps. */
export function countSteps(steps: number): void {
  if (steps < cheapSteps) return
  spent += steps
  awaitTurn()
}

function awaitTurn(): void {
  if (turnComes) return
  turnComes = true
  setImmediate(() => {
    turnComes = false
    spent = 0
    while (spent < limits.schemaStepsPerTurn) {
      const next = waiting.shift()
      if (next === undefined) break
      next()
    }
    if (waiting.length > 0) awaitTurn()
  })
}
