import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import { lookMs } from './awake.ts'
import { createBench } from './fixtures/recording-link.ts'

const toolMs = 1000
const bundle = `
name: test
version: '1'
domain: test
tools:
  - { name: slow, description: d, risk: read, timeout_ms: ${toolMs}, input_schema: { type: object }, command: [sleep, '60'] }
`

test('a call ends at the smaller of its own time and that of the tool', async () => {
  for (const [timeout_ms, endsAfterMs] of [
    [toolMs * 60, toolMs],
    [toolMs / 4, toolMs / 4],
  ] as const) {
    const clock = settableClock()
    const bench = createBench(bundle, { clock })
    const frame = bench.frame('slow', {}, { timeout_ms })
    bench.executions.dispatch([frame])
    const { started_at } = await bench.until('accepted', frame.execution_id)
    await clock.advance(endsAfterMs - 1)
    assert.equal(bench.executions.running().length, 1)
    await clock.advance(1)
    const { outcome, error, finished_at } = await bench.until('result', frame.execution_id)
    assert.deepEqual(
      [outcome, error?.code, finished_at - started_at],
      ['timeout', 'execution_timeout', endsAfterMs],
      `asked for ${timeout_ms} ms`,
    )
    await bench.close()
  }
})

test('time in which the agent was stopped does not count, and a program that ended meanwhile ended', async () => {
  const clock = settableClock()
  const longMs = 20 * toolMs
  const long = bundle.replace(`timeout_ms: ${toolMs}`, `timeout_ms: ${longMs}`)
  const quick = long.replace("command: [sleep, '60']", 'command: [cat]')
  const stopped = createBench(long, { clock })
  const frame = stopped.frame('slow', {})
  stopped.executions.dispatch([frame])
  await stopped.until('accepted', frame.execution_id)
  await clock.advance(longMs / 2)
  await clock.leap(600_000)
  await clock.advance(longMs / 2 - 2 * lookMs)
  assert.equal(stopped.executions.running().length, 1, 'half of its time was left')
  await clock.advance(3 * lookMs)
  assert.equal((await stopped.until('result', frame.execution_id)).outcome, 'timeout')
  await stopped.close()

  const ended = createBench(quick, { clock })
  const other = ended.frame('slow', {})
  ended.executions.dispatch([other])
  await clock.leap(600_000)
  assert.equal((await ended.until('result', other.execution_id)).outcome, 'completed')
  await ended.close()
})
