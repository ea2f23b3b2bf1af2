// Patterns of tools' schemas come from agents, and what they look at from callers: neither may hold up everybody's router.
import type { RegExpEngine } from 'ajv/dist/types/index.js'
import { RE2JS } from 're2js'

/**
 * Matches in time linear in the text. What such an engine cannot express (lookaheads, back references) is left to the
 * agent, which checks every call with the whole schema before it runs it.
 */
export const linearPattern: RegExpEngine = Object.assign(
  (pattern: string) => ({
    test: testFor(pattern),
    // ajv takes two patterns with the same text for one.
    toString: () => pattern,
  }),
  // What ajv would write into standalone code, which we never make.
  { code: 'linearPattern' },
)

/** JSON Schema wants an ECMAScript pattern, and this is none. */
export class PatternError extends SyntaxError {
  readonly pattern: string
  constructor(pattern: string, cause: unknown) {
    super((cause as Error).message, { cause })
    this.pattern = pattern
  }
}

function testFor(pattern: string): (text: string) => boolean {
  // The linear engine has a syntax of its own, and takes patterns that the agent's check of the arguments would refuse.
  try {
    new RegExp(pattern, 'u')
  } catch (error) {
    throw new PatternError(pattern, error)
  }
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
    return (text) => compiled.test(text)
  } catch {
    return () => true
  }
}
