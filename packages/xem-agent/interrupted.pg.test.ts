// What the end of a process interrupted must reach Prometheus, although nobody scrapes a process
// that ends.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startSystem } from '@xerotier/devkit/system.ts'
import { openOutbox } from '@xerotier/link/outbox.ts'

const schema = '{ type: object, additionalProperties: false, properties: {} }'
const bundle = `
name: slow
version: '1'
domain: test
tools:
  - { name: slow_read, description: d, risk: read, input_schema: ${schema}, command: [sleep, '600'] }
  - { name: slow_write, description: d, risk: write, input_schema: ${schema}, command: [sleep, '600'] }
`

test('calls that a killed process, or the end of a grace, interrupted are counted by the next process', async () => {
  const system = await startSystem()
  try {
    const agent = await system.addAgent({
      env: { XEM_SHIPPED_BUNDLES: 'none', XEM_SHUTDOWN_GRACE_SECONDS: '0' },
      prepare({ tools }) {
        mkdirSync(join(tools, 'slow'))
        writeFileSync(join(tools, 'slow', 'bundle.yaml'), bundle)
        // As a process leaves it that is killed while a call runs.
        const outbox = openOutbox(join(tools, '../queue.sqlite'))
        outbox.begin([{ execution_id: '00000000-0000-4000-8000-000000000001', attempt: 1, lease_epoch: 1 }])
        outbox.close()
      },
    })
    const interrupted = async () => {
      const answer = await fetch(`http://127.0.0.1:${agent.agent.metricsPort}/metrics`)
      const lines = (await answer.text()).match(/^xem_executions_total\{.*outcome="interrupted".*$/gm) ?? []
      return lines.map((line) => line.replace(/.*(workspace=".*?",tool=".*?").*(?= )/, '$1'))
    }
    assert.deepEqual(await interrupted(), ['workspace="*",tool="*" 1'])

    await system.addWorkspace('w', 'generic', [agent])
    for (const tool of ['slow_read', 'slow_write']) {
      const { id } = await system.ask('w', tool)
      await until('the call to run', async () => {
        const { state } = await system.client.call('executions.show', { params: { id } })
        return state === 'running' || undefined
      })
    }
    await agent.restart()
    assert.deepEqual(await interrupted(), ['workspace="w",tool="slow_write" 1'])
    await agent.restart()
    assert.deepEqual(await interrupted(), [])
  } finally {
    await system.stop()
  }
})
