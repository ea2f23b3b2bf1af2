// What one check of one value may cost. Schemas come from agents and values from callers: together
// they may ask for more than a process has, so whatever looks at something pays for it here.

import type { Resource } from './resources.ts'

/** The check was given up; the value neither fits nor does not fit. */
export class TooCostly extends Error {}

/** Deeper values and references are not followed: each level takes a piece of the stack. */
const depthMax = 400

/** What each name of an object costs to list, and one to look up. */
export const nameSteps = 10
export const lookUpSteps = 3

/** One step is about ten nanoseconds of a quiet machine. */
export class Run {
  /** The resources that the check came through, for `$dynamicRef`. */
  readonly scope: Resource[] = []
  readonly #steps: number
  #left: number
  #depth = 0

  constructor(steps: number) {
    this.#steps = steps
    this.#left = steps
  }

  get spent(): number {
    return this.#steps - this.#left
  }

  /** @throws TooCostly */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new TooCostly(`it takes more than ${this.#steps} steps`)
  }

  /** @throws TooCostly */
  enter(): void {
    this.#depth += 1
    if (this.#depth > depthMax) throw new TooCostly(`it is nested deeper than ${depthMax} levels`)
  }

  leave(): void {
    this.#depth -= 1
  }
}
