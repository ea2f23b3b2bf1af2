import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import { createLog, type LogLevel } from '@xerotier/runtime/log.ts'
import { type Bench, createBench } from './fixtures/recording-link.ts'

const schema = '{ type: object, additionalProperties: false, properties: {} }'
const bundle = `
name: test
version: '1'
domain: test
tools:
  - { name: complete, description: d, risk: read, input_schema: ${schema}, command: ['true'] }
  - { name: complete_once, description: d, risk: write, input_schema: ${schema}, command: ['true'] }
  - { name: fail, description: d, risk: read, input_schema: ${schema}, command: ['false'] }
  - { name: absent, description: d, risk: read, input_schema: ${schema}, command: [there-is-no-such-program] }
  - { name: late, description: d, risk: read, timeout_ms: 1, input_schema: ${schema}, command: [sleep, '60'] }
  - { name: slow, description: d, risk: read, input_schema: ${schema}, command: [sleep, '60'] }
  - { name: callback, description: d, risk: read, input_schema: ${schema}, builtin: router_tools_list }
`

interface Line {
  execution_id?: string
  msg: string
  outcome?: string
}

/** Sees one call to its end, and says which lines it made. */
async function linesOf(
  tool: string,
  finish: (bench: Bench, frame: DispatchFrame) => Promise<unknown>,
  change: Partial<DispatchFrame> = {},
  level: LogLevel = 'trace',
): Promise<string[]> {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const bench = createBench(bundle, {
    log: createLog({ level, name: 'test', destination }),
    hostEnv: { PATH: '/usr/bin:/bin' },
  })
  const frame = bench.frame(tool, {}, change)
  bench.executions.dispatch([frame])
  await finish(bench, frame)
  await bench.executions.idle()
  await bench.close()
  for (const line of lines) assert.equal(line.execution_id, frame.execution_id, JSON.stringify(line))
  return lines.map(({ msg, outcome }) => (outcome === undefined ? msg : `${msg}: ${outcome}`))
}

const result = (bench: Bench, frame: DispatchFrame) => bench.until('result', frame.execution_id)
const refused = (bench: Bench, frame: DispatchFrame) => bench.until('refused', frame.execution_id)

test('every log line about a call carries its execution_id, however the call ends', async () => {
  assert.deepEqual(await linesOf('complete', result), ['call started', 'call ended: completed'])
  assert.deepEqual(await linesOf('fail', result), ['call started', 'call ended: failed'])
  assert.deepEqual(await linesOf('absent', result), ['call ended: failed'])
  assert.deepEqual(await linesOf('callback', result), ['call ended: failed'])
  assert.deepEqual(await linesOf('late', result), ['call started', 'call ended: timeout'])
  assert.deepEqual(await linesOf('complete', refused, { risk: 'write' }), ['call refused'])

  const started = (bench: Bench, frame: DispatchFrame) => bench.until('accepted', frame.execution_id)
  const cancelled = await linesOf('slow', async (bench, frame) => {
    await started(bench, frame)
    bench.executions.cancel(frame)
    await result(bench, frame)
  })
  assert.deepEqual(cancelled, ['call started', 'call cancelled', 'call ended: cancelled'])
  const forgotten = await linesOf('slow', async (bench, frame) => {
    await started(bench, frame)
    bench.executions.forget(frame)
  })
  assert.deepEqual(forgotten.slice(0, 2), ['call started', 'the router no longer wants this call'])
  const again = await linesOf('complete_once', async (bench, frame) => {
    await result(bench, frame)
    bench.executions.dispatch([frame])
  })
  assert.equal(again.at(-1), 'attempt is known, so it is not started again')
})

test('the start of a call that may run only once is a line at level info, that of a read is not', async () => {
  const complete = (tool: string) => linesOf(tool, result, {}, 'info')
  assert.deepEqual(await complete('complete_once'), ['call started', 'call ended: completed'])
  assert.deepEqual(await complete('complete'), ['call ended: completed'])
})

test('calls that the journal cannot take are refused in lines of their own', async () => {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const bench = createBench(bundle, { log: createLog({ level: 'trace', name: 'test', destination }) })
  const frames = [bench.frame('complete_once', {}), bench.frame('complete_once', {})]
  bench.outbox.begin = () => {
    throw new Error('disk full')
  }
  bench.executions.dispatch(frames)
  assert.deepEqual(
    lines.filter(({ msg }) => msg === 'call refused').map((line) => line.execution_id),
    frames.map((frame) => frame.execution_id),
  )
  await bench.close()
})
