import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, scriptedServer } from '@xerotier/client/scripted-server.fixture.ts'
import { execution } from '../../records.fixture.ts'
import { envFor, xeroctl } from '../../run.fixture.ts'

test('exec cancel says whether the agent was reached', async (t) => {
  for (const [state, agent_asked, said] of [
    ['running', true, /^asked the agent to stop it; watch: xeroctl exec watch exe_1$/m],
    [
      'running',
      false,
      /^nobody was reached: xem-jumphost-01 is not connected, and is asked to stop it when it is back; /m,
    ],
    ['cancelled', false, /^$/],
  ] as const) {
    const answer = { ...execution({ state }), agent_asked }
    const server = await scriptedServer((_, response) => json(response, 202, answer))
    t.after(() => server.close())
    const { code, stderr } = await xeroctl(t, ['exec', 'cancel', 'exe_1'], { env: envFor(server) })
    assert.equal(code, 0)
    assert.match(stderr, said)
  }
})
