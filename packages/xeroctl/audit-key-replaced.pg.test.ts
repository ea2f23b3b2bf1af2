// The key of the audit log is replaced by renaming its file: the one before names the new one, and
// agents and verifiers follow.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { AuditLog } from '@xerotier/protocol/api/audit.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

const python = join(import.meta.dirname, '../../docs/verify-audit.py')
let router: RouterForTests
let agent: AgentForTests
/** Verifier keys of the log. */
let [first, second] = ['', '']

before(async () => {
  router = await startRouterForTests({ settings: { cosignEveryMs: 0 } })
  agent = await startAgentForTests(router.client, { name: 'witness' })
  first = (await signed()).verifier_key
  copyFileSync(join(agent.folder, 'audit-head.json'), missed())
})
after(async () => {
  await agent.stop()
  await router.stop()
})

/** What an agent keeps that is away from before the replacement until both keys sign no more. */
const missed = () => join(router.stateDir, 'audit-head-that-missed-it.json')
const keyPath = () => join(router.stateDir, 'keys', 'audit-log-key.hex')
const previousPath = () => `${keyPath()}.previous`
async function restartAfter(change: () => void): Promise<void> {
  await router.router.stop()
  change()
  await router.restart()
}

/** Once the agent has signed so many records, under the key that the log has now. */
function signed(size = 1): Promise<AuditLog> {
  return until('the agent to have signed the log', async () => {
    router.router.core.eventLog.wake()
    const log = await router.client.call('audit.log')
    return log.cosignatures.some((one) => one.size >= size) ? log : undefined
  })
}

const env = () => ({ XEROTIER_BASE_URL: `${router.client.origin}/demo/v1`, XEROTIER_API_KEY: router.apiKey })
const heldKey = () => JSON.parse(readFileSync(join(agent.folder, 'audit-head.json'), 'utf8')).verifier_key

/** What both verifiers say of an export of the log, with this key. */
async function verified(t: TestContext, key: string): Promise<[cli: boolean, python: boolean, said: string]> {
  const folder = join(emptyFolder(t), 'export')
  // It may see more than the export has.
  const seen = join(emptyFolder(t), 'seen')
  copyFileSync(join(agent.folder, 'audit-head.json'), seen)
  const exported = await xeroctl(t, ['audit', 'export', '--to', folder], { env: env(), now: Date.now() })
  assert.equal(exported.code, 0, exported.stderr)
  const words = ['audit', 'verify', '--from', folder, '--key', key, '--seen', seen]
  const { code, stderr } = await xeroctl(t, words, { env: {} })
  const other = await promisify(execFile)('python3', [python, folder, key]).then(
    () => true,
    () => false,
  )
  return [code === 0, other, stderr]
}

test('with the renamed key beside it both sign, who keeps the older one is told, and agents take the new one', async (t) => {
  await restartAfter(() => renameSync(keyPath(), previousPath()))
  second = (
    await until('the new key', async () => {
      const log = await signed()
      return log.verifier_key !== first && heldKey() === log.verifier_key ? log : undefined
    })
  ).verifier_key
  const [cli, other, said] = await verified(t, first)
  assert.deepEqual([cli, other], [true, true])
  assert.ok(said.includes(`keep ${second} in the place of the one before`), said)
  assert.deepEqual((await verified(t, second)).slice(0, 2), [true, true])
  const live = await xeroctl(t, ['audit', 'verify', '--key', first], { env: env(), now: Date.now() })
  assert.equal(live.code, 0, live.stdout)
  const { data } = await router.client.call('audit.records', { query: { kind: 'audit.key_replaced' } })
  assert.ok(data.length > 0)
  assert.ok(data[0]?.data.named_by)
})

test('without it the new one signs alone, agents go on, and the older one verifies nothing', async (t) => {
  await restartAfter(() => rmSync(previousPath()))
  const { size } = await router.client.call('audit.log')
  await router.client.call('project.update', { body: { name: 'Another name' } })
  await signed(size + 1)
  assert.deepEqual((await verified(t, second)).slice(0, 2), [true, true])
  assert.deepEqual((await verified(t, first)).slice(0, 2), [false, false])
  assert.equal(heldKey(), second)
})

test('an agent that missed the overlap refuses, the log is shown to go on from what it saw, and then it signs', async (t) => {
  const head = join(agent.folder, 'audit-head.json')
  copyFileSync(missed(), head)
  const { size } = await router.client.call('audit.log')
  await router.client.call('project.update', { body: { name: 'A third name' } })
  const refused = await until('the refusal on record', async () => {
    router.router.core.eventLog.wake()
    const { data } = await router.client.call('audit.records', { query: { kind: 'agent.checkpoint_refused' } })
    return data[0]
  })
  assert.equal(refused.data.reason, 'signature')
  assert.equal(heldKey(), first, 'nothing is taken in silence')
  assert.equal((await router.client.call('agents.show', { params: { id: agent.name } })).health, 'healthy')
  const words = ['audit', 'verify', '--key', second, '--seen', head]
  const live = await xeroctl(t, words, { env: env(), now: Date.now() })
  assert.equal(live.code, 0, live.stdout + live.stderr)
  assert.ok(live.stderr.includes(`goes on from what was seen of it under another key, ${first}`), live.stderr)
  rmSync(head)
  await until('it to sign again', async () => {
    await router.client.call('project.update', { body: { name: `Name ${Date.now()}` } })
    router.router.core.eventLog.wake()
    return (await router.client.call('audit.log')).cosignatures.some((one) => one.size > size) ? true : undefined
  })
  assert.equal(heldKey(), second)
})

test('a key that nobody names is taken by no agent, and the log says that it is another', async () => {
  await restartAfter(() => rmSync(keyPath()))
  const refused = await until('the refusal on record', async () => {
    router.router.core.eventLog.wake()
    const { data } = await router.client.call('audit.records', { query: { kind: 'agent.checkpoint_refused' } })
    return data[0]
  })
  assert.equal(refused.data.reason, 'signature')
  assert.equal(heldKey(), second)
  const { data } = await router.client.call('audit.records', { query: { kind: 'audit.key_replaced' } })
  assert.equal(data[0]?.data.named_by, null)
})
