import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { FunctionRun, Invocation } from '../tool.ts'
import { runFunction } from './run-function.ts'

async function answerTo(result: unknown): Promise<{ result: unknown; stdout: string }> {
  let stdout = ''
  const invocation = {
    write: (_stream: string, text: string) => {
      stdout += text
    },
  } as unknown as Invocation
  const run = { kind: 'function', needsCallback: false, invoke: () => ({ result }) } as unknown as FunctionRun
  const answer = await runFunction(run, invocation, { clock: systemClock, started: () => {} })
  return { result: answer.result, stdout }
}

const nested = (levels: number): unknown => {
  let value: unknown = 'core'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

test('a result within the limits is the result', async () => {
  for (const result of [nested(limits.resultDepth), 'x'.repeat(limits.resultBytes - 2)])
    assert.deepEqual(await answerTo(result), { result, stdout: '' })
})

test('one that is larger or deeper becomes output', async () => {
  for (const result of [nested(limits.resultDepth + 1), 'x'.repeat(limits.resultBytes)])
    assert.deepEqual(await answerTo(result), { result: null, stdout: JSON.stringify(result) })
})

test('one so deep that JSON cannot write it is said to be so', async () => {
  const { result, stdout } = await answerTo(nested(100_000))
  assert.equal(result, null)
  assert.match(stdout, /nested too deep/)
})
