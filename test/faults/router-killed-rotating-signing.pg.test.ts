// The router is killed with SIGKILL at each step of a rotation of an agent's signing key and
// started again: the rotation goes on where it was, and a call that runs meanwhile runs once.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { signingSteps } from '@xerotier/devkit/faults/dies-changing-keys.ts'
import { type KillableRouter, startKillableRouter } from '@xerotier/devkit/faults/killable-router.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { keysOf } from '@xerotier/devkit/rotated-keys.ts'

const id = 'signing-xem'
let router: KillableRouter
let agent: AgentForTests
before(async () => {
  router = await startKillableRouter()
  agent = await startAgentForTests(router.client, { name: id, prepare: ({ tools }) => writeMarkBundle(tools) })
  await router.client.call('workspaces.create', { body: { name: 'faults' } })
  await router.client.call('workspaces.bind', { params: { id: 'faults' }, body: { agent: id } })
})
after(async () => {
  await agent?.stop()
  await router.stop()
})

const untilHealthy = () =>
  until('the agent to be healthy', async () =>
    (await router.client.call('agents.show', { params: { id } })).health === 'healthy' ? true : undefined,
  )

let count = 0
/** An at-most-once call that goes on until its gate is open. */
async function begin(): Promise<{ call: string; file: string }> {
  const file = join(router.folder, `marks-${++count}`)
  const body = { workspace: 'faults', tool: 'mark_destructive', args: { file, ms: 0, gate: `${file}-gate` } }
  const call = await router.client.call('invocations.submit', { body })
  await router.client.call('approvals.approve', { params: { id: call.approval_id! }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  return { call: call.id, file }
}

async function endsOnce({ call, file }: { call: string; file: string }): Promise<void> {
  writeFileSync(`${file}-gate`, '')
  const ended = await until('the call to end', async () => {
    const execution = await router.client.call('executions.show', { params: { id: call } })
    return execution.finished_at === null ? undefined : execution
  })
  assert.deepEqual([ended.state, marks(file)], ['completed', { started: 1, ended: 1 }])
}

for (const step of signingSteps)
  test(`killed with ${step}`, async () => {
    await untilHealthy()
    const call = await begin()
    const { signing } = keysOf(agent)
    router.arm(step)
    // The answer dies with the router: the record decides.
    const asked = router.client
      .call('agents.rotateSigningKey', { params: { id }, query: { wait: 60 }, body: { reason: step } })
      .catch(() => undefined)
    await router.died()
    await asked
    await router.start()
    const rotation = await until('the rotation to be completed', async () => {
      const { data } = await router.client.call('agents.rotations', { params: { id }, query: { limit: 1 } })
      return data[0]?.state === 'requested' || data[0]?.state === 'acknowledged' ? undefined : data[0]
    })
    assert.deepEqual([rotation.reason, rotation.because, rotation.use], [step, null, 'signing'])
    const fresh = await until('the new key to be in its place', () => {
      const kept = keysOf(agent).signing
      return kept.keyId === signing.keyId ? undefined : kept
    })
    assert.equal(rotation.new_key, fresh.publicKey.toString('hex'))
    await untilHealthy()
    await endsOnce(call)
  })
