// Patterns of schemas, matched in time linear in the text.
import { limits } from '@xerotier/protocol/limits.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { RE2JS } from 're2js'
import { programSize } from './program-size.ts'
import type { Run } from './run.ts'

/** @throws TooCostly */
export type PatternTest = (text: string, run: Run) => boolean

/**
 * For the patterns of one schema. They throw an Error for what is no ECMAScript pattern, for what
 * linear matching cannot express (lookarounds, back references, counts beyond 1,000), and for more
 * than a schema may have.
 */
export function createPatterns(): (source: string) => PatternTest {
  const known = new Map<string, PatternTest>()
  let size = 0
  return (source) => {
    let test = known.get(source)
    if (test === undefined) {
      // The linear engine has a syntax of its own, and takes patterns that are none in JSON Schema.
      new RegExp(source, 'u')
      size += programSize(source)
      if (size > limits.patternInstructions)
        throw new SyntaxError(
          `the patterns of the schema have more than ${limits.patternInstructions} instructions together`,
        )
      test = testFor(compileLinear(source))
      known.set(source, test)
    }
    return test
  }
}

function testFor(compiled: RE2JS): PatternTest {
  const stepsPerCharacter = 2 + 0.6 * compiled.programSize()
  return (text, run) => {
    run.spend(30 + text.length * stepsPerCharacter)
    return compiled.test(text)
  }
}

function compileLinear(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source))
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, '')
    throw new SyntaxError(`the pattern cannot be matched in linear time (${reason})`, { cause: error })
  }
}
