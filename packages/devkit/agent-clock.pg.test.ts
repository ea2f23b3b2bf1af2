// An agent whose host has a wrong clock: it works, and everybody can see that the clock is wrong.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Clock, systemClock } from '@xerotier/runtime/clock.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { until } from './faults/until.ts'
import { type System, startSystem } from './system.ts'

const minute = 60_000
const schema = '{ type: object, additionalProperties: false, properties: {} }'
const bundle = `name: risky
version: '1'
domain: test
tools:
  - { name: risky, description: d, risk: destructive, input_schema: ${schema}, command: ['true'] }
`
let system: System
before(async () => {
  // A lease lasts while a busy machine is late.
  system = await startSystem({ settings: { leaseIntervals: 300 } })
})
after(() => system.stop())

for (const [how, aheadMs] of [
  ['ahead', 20 * minute],
  ['behind', -20 * minute],
] as const) {
  test(`an agent whose clock is ${how} by 20 minutes runs what was approved, in order, and is warned of`, async () => {
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
    const lines: string[] = []
    const log = createLog({ level: 'warning', name: how, destination: { write: (line) => void lines.push(line) } })
    const agent = await system.addAgent({
      name: how,
      clock,
      log,
      // Soon measured again.
      env: { XEM_LEASE_RENEWAL_INTERVAL_MS: '200' },
      prepare({ tools }) {
        mkdirSync(join(tools, 'risky'))
        writeFileSync(join(tools, 'risky', 'bundle.yaml'), bundle)
      },
    })
    await system.addWorkspace(`is-${how}`, 'generic', [agent])
    const from = systemClock.now()
    const { state, started_at, finished_at, created_at } = await system.runApproved(`is-${how}`, 'risky')
    assert.equal(state, 'completed')
    const times = [created_at, started_at, finished_at].map((at) => Date.parse(at ?? ''))
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    )
    assert.ok(
      times.every((at) => at >= from - 1000 && at <= systemClock.now()),
      `${times} from ${from}`,
    )

    // A first measurement that a busy machine has delayed is followed by better ones.
    await until('the difference on record', async () => {
      const { clock_offset_ms } = await system.client.call('agents.show', { params: { id: how } })
      return Math.abs((clock_offset_ms ?? 0) - aheadMs) < 2_000 || undefined
    })
    await until('the difference in the metrics', async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${agent.agent.metricsPort}/metrics`)).text()
      const seconds = Number(/^xem_clock_offset_seconds\{.*\} (\S+)$/m.exec(metrics)?.[1])
      return Math.abs(seconds - aheadMs / 1000) < 2 || undefined
    })
    await until('the warning', () => lines.some((line) => line.includes('off by a minute or more')) || undefined)
    assert.equal(lines.filter((line) => line.includes('off by a minute or more')).length, 1, 'said once')
  })
}
