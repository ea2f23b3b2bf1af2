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

/** What one instruction takes to be made, in steps. */
const compileSteps = 200
/** Any pattern, however short. */
const patternSteps = 10_000
const rememberedPatterns = 500

/**
 * For patterns that are known only when they are matched, as those of a policy's `matches`: what
 * they are made of counts as well.
 * @param runOf pays for all of it
 */
export function createLatePatterns(runOf: () => Run): { compile(source: string): { test(text: string): boolean } } {
  const known = new Map<string, { test: PatternTest }>()
  const make = (source: string): { test: PatternTest } => {
    const size = programSize(source)
    if (size > limits.latePatternInstructions)
      throw new SyntaxError(`a pattern has more than ${limits.latePatternInstructions} instructions`)
    runOf().spend(patternSteps + size * compileSteps)
    const compiled = RE2JS.compile(source)
    const stepsPerCharacter = 2 + 0.6 * Math.max(size, compiled.programSize())
    const test: PatternTest = (text, run) => {
      run.spend(30 + text.length * stepsPerCharacter)
      return compiled.test(text)
    }
    const [oldest] = known.keys()
    if (oldest !== undefined && known.size >= rememberedPatterns) known.delete(oldest)
    known.set(source, { test })
    return { test }
  }
  return {
    compile(source) {
      const { test } = known.get(source) ?? make(source)
      return { test: (text) => test(text, runOf()) }
    },
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
