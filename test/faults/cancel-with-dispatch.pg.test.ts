// A cancel may catch up with its dispatch on the way: both leave
// in one message, and the cancel must still find its call.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { startSystem } from '@xerotier/devkit/system.ts'
import type { RouterFrame } from '@xerotier/protocol/frames/router-frame.ts'

const bundle = `
name: wait
version: '1'
domain: test
tools:
  - { name: wait, description: d, risk: read, input_schema: { type: object }, command: [sleep, '60'] }
`

test('a call whose dispatch and cancel arrive together is cancelled', async (t) => {
  const system = await startSystem()
  t.after(() => system.stop())
  const agent = await system.addAgent({
    env: { XEM_SHIPPED_BUNDLES: 'none' },
    prepare({ tools }) {
      mkdirSync(join(tools, 'wait'))
      writeFileSync(join(tools, 'wait', 'bundle.yaml'), bundle)
    },
  })
  await system.addWorkspace('together', 'generic', [agent])
  const online = system.router.router.core.fleet.get(system.router.projectId, agent.agent.agentId)!
  const { send } = online
  const held: RouterFrame[] = []
  // What else an agent is told meanwhile, such as a checkpoint, goes its way.
  online.send = (frame) => (frame.t === 'dispatch' || frame.t === 'cancel' ? void held.push(frame) : send(frame))
  const { id } = await system.ask('together', 'wait')
  await system.client.call('invocations.cancel', { params: { id } })
  assert.deepEqual(
    held.map((frame) => frame.t),
    ['dispatch', 'cancel'],
  )
  online.send = send
  for (const frame of held) send(frame)
  const ended = await until('the end of the call', async () => {
    const execution = await system.client.call('executions.show', { params: { id } })
    return execution.finished_at === null ? undefined : execution
  })
  assert.equal(ended.state, 'cancelled')
})
