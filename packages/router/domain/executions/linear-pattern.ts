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

function testFor(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
    return (text) => compiled.test(text)
  } catch {
    // JSON Schema wants an ECMAScript pattern: one that is none is refused with its manifest.
    new RegExp(pattern, 'u')
    return () => true
  }
}
