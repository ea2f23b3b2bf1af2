import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'

test('a stop answers those who wait for a call, and waits neither for its end nor for their connections', {
  timeout: 180_000,
}, async () => {
  const system = await startRouterForTests()
  const worker = await servingAgent(system.client, 'worker', 'ws', [toolOf('work')])
  const answered = system.client.call('invocations.submit', {
    query: { wait: 60 },
    body: { workspace: 'ws', tool: 'work', args: {} },
  })
  await worker.agent.next('dispatch')
  await system.stop()
  assert.equal((await answered).state, 'dispatched')
  worker.agent.close()
})
