// Patterns of schemas come from agents and bundles, and what
// they look at from callers: neither may hold up a process.
import type { RegExpEngine } from 'ajv/dist/types/index.js'
import { RE2JS } from 're2js'

/** Why a pattern cannot be used. */
export class PatternError extends SyntaxError {
  readonly pattern: string
  constructor(pattern: string, reason: string) {
    super(reason)
    this.pattern = pattern
  }
}

export interface PatternEngine {
  regExp: RegExpEngine
  /** Steps for each character of a text, over all patterns that were compiled. */
  steps(): number
}

/**
 * Matches in time linear in the text. Its `regExp` throws a PatternError
 * for what is no ECMAScript pattern, and for what such an engine cannot
 * express: lookarounds, back references, counts beyond 1,000.
 */
export function createPatternEngine(): PatternEngine {
  let steps = 0
  const regExp = (pattern: string) => {
    const compiled = compileLinear(pattern)
    steps += compiled.programSize()
    return {
      test: (text: string) => compiled.test(text),
      // ajv takes two patterns with the same text for one.
      toString: () => pattern,
    }
  }
  // What ajv would write into standalone code, which we never make.
  return { regExp: Object.assign(regExp, { code: 'linearPattern' }), steps: () => steps }
}

function compileLinear(pattern: string): RE2JS {
  // The linear engine has a syntax of its own, and takes patterns that are none in JSON Schema.
  try {
    new RegExp(pattern, 'u')
  } catch (error) {
    throw new PatternError(pattern, messageOf(error))
  }
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern))
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, '')
    throw new PatternError(pattern, `the pattern cannot be matched in linear time (${reason})`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
