// The router is killed with SIGKILL at each step of a change of the key that signs grants, and of
// the encryption key of the database, and started again: what was begun goes on or is as it was,
// calls in flight run once, and nothing is lost.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { grantKeySteps, reencryptionSteps } from '@xerotier/devkit/faults/dies-changing-keys.ts'
import { type KillableRouter, startKillableRouter } from '@xerotier/devkit/faults/killable-router.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { credentialsOf } from '@xerotier/devkit/rotated-keys.ts'
import pg from 'pg'

const id = 'changing-xem'
const [firstKey, secondKey] = [0, 1].map(() => randomBytes(32).toString('hex'))
let router: KillableRouter
let agent: AgentForTests
before(async () => {
  router = await startKillableRouter({ encryptionKeys: [firstKey!], keyOverlapMs: 5_000 })
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

for (const step of grantKeySteps)
  test(`killed with ${step}`, async () => {
    await untilHealthy()
    const call = await begin()
    const pinned = () => credentialsOf(agent).router.signing_public_key
    const before = pinned()
    router.arm(step)
    const asked = router.client.call('grantKeys.rotate', { body: { reason: step } }).catch(() => undefined)
    await router.died()
    await asked
    await router.start()
    if (step === 'grant key not committed') {
      const { keys } = await router.client.call('grantKeys.show')
      assert.deepEqual([keys.length, pinned()], [1, before])
      await router.client.call('grantKeys.rotate', { body: { reason: 'once more' } })
    }
    const [current] = await until('one key to be left', async () => {
      const { keys } = await router.client.call('grantKeys.show')
      return keys.length === 1 ? keys : undefined
    })
    assert.equal(current?.state, 'current')
    await untilHealthy()
    await until('the new key to be pinned', () => (pinned() === before ? undefined : true))
    await endsOnce(call)
    // What is granted from now on runs.
    await endsOnce(await begin())
  })

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: router.databaseUrl })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

/** A call that has ended, and what it says. */
let sealed: { call: string; says: unknown }
const saidOf = async (call: string) => {
  const { args, stdout } = await router.client.call('executions.show', { params: { id: call } })
  return { args, stdout }
}

test('what calls carry is encrypted', async () => {
  await untilHealthy()
  await router.client.call('project.update', { body: { encrypt_calls: true } })
  const url = 'https://hooks.invalid/x'
  await router.client.call('webhooks.create', { body: { url, events: ['exec.completed'] } })
  const call = await begin()
  await endsOnce(call)
  sealed = { call: call.call, says: await saidOf(call.call) }
  await router.kill()
})

for (const step of reencryptionSteps)
  test(`killed with ${step}`, async () => {
    router.arm(step)
    // It may die before it says that it is there.
    await router.start({ encryptionKeys: [secondKey!, firstKey!], reencrypts: true }).catch(() => {})
    await router.died()
  })

test('the encryption goes on where it was, then the old key may go, and nothing is lost', async () => {
  await router.start()
  await until('everything to be sealed with the new key', async () => {
    const keys = await query<{ key: string }>(`
      select distinct encode(substring(secret from 4 for 4), 'hex') as key from channels
      union select encode(substring(secret from 4 for 4), 'hex') from grant_keys where secret is not null
      union select encode(substring(data from 4 for 4), 'hex') from execution_output
        where execution_id in (select id from executions where sealed_with is not null)
      union select lpad(to_hex(sealed_with::bigint & 4294967295), 8, '0') from executions where sealed_with is not null`)
    return keys.length === 1 ? true : undefined
  })
  await router.kill()
  await router.start({ encryptionKeys: [secondKey!], reencrypts: false })
  assert.deepEqual(await saidOf(sealed.call), sealed.says)
  await untilHealthy()
  await endsOnce(await begin())
})
