import type { Evaluated } from './evaluated.ts'
import type { Flaw } from './flaw.ts'
import type { PatternTest } from './patterns.ts'
import type { Resource } from './resources.ts'
import type { Run } from './run.ts'

/** @throws TooCostly */
export type Check = (value: unknown, run: Run, seen: Evaluated | undefined) => Flaw | undefined

/** Where a keyword stands, and what it is compiled with. */
export interface Context {
  /** `properties.name.pattern`. */
  place: string
  /** The schema that it stands in. */
  schema: Readonly<Record<string, unknown>>
  resource: Resource
  /** Of schemas inside each other. */
  depth: number
  compiler: Compiler
}

/** What compiles one schema with all that is in it. */
export interface Compiler {
  isStrict: boolean
  /** A schema below the keyword. */
  below(schema: unknown, place: string, from: Context): Check
  refer(ref: string, from: Context): Check
  /** `$dynamicRef`: to the outermost resource on the way that has such an anchor. */
  referDynamically(ref: string, from: Context): Check
  pattern(source: string, place: string): PatternTest
}

/** @throws Error that names the place */
export function refuse(place: string, reason: string): never {
  throw new SyntaxError(place === '' ? reason : `${place}: ${reason}`)
}
