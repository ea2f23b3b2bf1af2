import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBench } from './fixtures/recording-link.ts'

const bundle = `
name: test
version: '1'
domain: test
tools:
  - { name: slow, description: d, risk: write, input_schema: { type: object }, command: [sleep, '60'] }
`

test('the end of a forgotten attempt leaves the next one running, in its place', async () => {
  let firstEnded = (_outcome: string) => {}
  const end = new Promise<string>((resolve) => {
    firstEnded = resolve
  })
  const bench = createBench(bundle, {
    maxConcurrent: 1,
    meters: { started() {}, ended: ({ outcome }) => firstEnded(outcome), refused() {} },
  })
  const first = bench.frame('slow', {})
  bench.executions.dispatch([first])
  await bench.until('accepted', first.execution_id)
  bench.executions.forget(first)
  const second = { ...first, attempt: 2 }
  bench.executions.dispatch([second])
  assert.equal(await end, 'forgotten')
  assert.deepEqual(
    bench.executions.running().map((call) => call.attempt),
    [2],
  )
  const third = bench.frame('slow', {})
  bench.executions.dispatch([third])
  assert.equal((await bench.until('refused', third.execution_id)).code, 'capacity_exceeded')
  bench.executions.cancel(second)
  const result = await bench.until('result', second.execution_id)
  assert.deepEqual([result.attempt, result.outcome], [2, 'cancelled'])
  await bench.close()
})

test('nothing runs any more only when a forgotten attempt has ended too', async () => {
  const ended: string[] = []
  const bench = createBench(bundle, {
    meters: { started() {}, ended: (call) => ended.push(call.outcome), refused() {} },
  })
  const frame = bench.frame('slow', {})
  bench.executions.dispatch([frame])
  await bench.until('accepted', frame.execution_id)
  bench.executions.forget(frame)
  assert.deepEqual(bench.executions.running(), [])
  await bench.executions.idle()
  assert.deepEqual(ended, ['forgotten'])
  await bench.close()
})
