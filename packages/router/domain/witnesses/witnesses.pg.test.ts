import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { bareAgent, enrollBare } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { cosignedAt, parseCheckpoint, parseNote, parseVerifierKey } from '@xerotier/runtime/tlog/note.ts'

const settings = { cosignEveryMs: 0 }

async function startSystem(t: TestContext): Promise<RouterForTests> {
  const system = await startRouterForTests({ settings })
  t.after(() => system.stop())
  return system
}

async function startWitness(t: TestContext, { client }: RouterForTests, name: string) {
  const lines: Record<string, unknown>[] = []
  const log = createLog({
    level: 'info',
    name: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  const witness = await startAgentForTests(client, { name, log })
  t.after(() => witness.stop())
  return { ...witness, lines, head: join(dirname(witness.tools), 'audit-head.json') }
}

const happen = ({ client }: RouterForTests, name: string) => client.call('workspaces.create', { body: { name } })

/** Waits until these agents, and no others, have seen the log up to `size` or further. */
function seenBy({ client }: RouterForTests, names: string[], size = 1) {
  return until('the cosignatures', async () => {
    const { cosignatures } = await client.call('audit.log')
    const seen = cosignatures.filter((one) => one.size >= size)
    return seen
      .map(({ agent_name }) => agent_name)
      .sort()
      .join() === names.join()
      ? seen
      : undefined
  })
}

async function metricOf({ agent }: AgentForTests, result: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`)).text()
  const [, value] = new RegExp(`xem_audit_checkpoints_total{[^}]*result="${result}"[^}]*} (\\d+)`).exec(text) ?? []
  return Number(value ?? 0)
}

test('each agent that can signs the checkpoints that it sees, with its own key', async (t) => {
  const system = await startSystem(t)
  await startWitness(t, system, 'one')
  await startWitness(t, system, 'two')
  const { keys, enrollment } = await enrollBare(system.client, 'of-the-version-before')
  const old = bareAgent(keys, enrollment)
  t.after(() => old.close())
  await old.open()
  await happen(system, 'first')
  const seen = await seenBy(system, ['one', 'two'])
  const { verifier_key } = await system.client.call('audit.log')
  for (const { agent_id, checkpoint, size, verifier_key: own } of seen) {
    const { text, signatures } = parseNote(checkpoint)
    assert.deepEqual(parseCheckpoint(text).size, size)
    const key = parseVerifierKey(own) ?? assert.fail()
    assert.equal(key.name, `xerotier-agent/${agent_id}`)
    assert.equal(signatures[0]?.name, verifier_key.split('+')[0])
    assert.ok(cosignedAt(text, key, signatures[1]?.signature ?? Buffer.alloc(0)))
  }
  assert.deepEqual(
    old.waiting.filter(({ t: frame }) => frame === 'checkpoint'),
    [],
  )
})

test('an agent goes on from what it saw, after a restart of either side and of what the router forgot', async (t) => {
  const system = await startSystem(t)
  const witness = await startWitness(t, system, 'one')
  const [{ size: first } = assert.fail()] = await seenBy(system, ['one'])
  await witness.restart()
  await system.restart({ settings })
  await happen(system, 'first')
  const [{ size: second } = assert.fail()] = await seenBy(system, ['one'], first + 1)
  await system.router.core.store.db.deleteFrom('audit_cosignatures').execute()
  await witness.restart()
  await seenBy(system, ['one'], second + 1)
  assert.deepEqual(
    witness.lines.filter(({ level }) => level === 'critical' || level === 'error'),
    [],
  )
  // Nothing is on record of it: it would be news for the next checkpoint, for ever.
  const { data } = await system.client.call('audit.records', { query: { kind: 'agent.checkpoint_refused' } })
  assert.deepEqual(data, [])
})

const long = { timeout: 4 * patienceMs }
test('a router that was rolled back and tells another history is found out by its agents', long, async (t) => {
  const system = await startSystem(t)
  const witness = await startWitness(t, system, 'one')
  const [{ size: before } = assert.fail()] = await seenBy(system, ['one'])
  await system.router.stop()
  const older = await system.database.copy()
  t.after(() => older.drop())
  await system.restart({ settings })
  await happen(system, 'as-it-was')
  const [{ size } = assert.fail()] = await seenBy(system, ['one'], before + 1)

  // Whoever has the host has the key of the log, and removes what stands beside the database.
  await system.router.stop()
  rmSync(join(system.stateDir, 'audit'), { recursive: true })
  await system.restart({ settings, databaseUrl: older.url })
  t.after(() => system.router.stop())
  for (let n = 0; n < 4; n++) await happen(system, `another-${n}`)
  const refusal = async () => {
    const { data } = await system.client.call('audit.records', { query: { kind: 'agent.checkpoint_refused' } })
    return data[0]
  }
  // An agent that a router has refused while it started comes back half a minute later.
  const refused = await until('the refusal on record', refusal, 3 * patienceMs)
  assert.equal(refused.actor_name, 'one')
  const held = Number(refused.data.held_size)
  assert.ok(held >= size)
  assert.equal(parseCheckpoint(parseNote(String(refused.data.held)).text).size, held)
  assert.match(String(refused.data.reason), /^(?:fork|rollback)$/)
  await until('the fork', async () => ((await metricOf(witness, 'fork')) > 0 ? true : undefined))
  const critical = witness.lines.filter(({ level }) => level === 'critical')
  assert.equal(critical.length, 1)
  const kept = JSON.parse(readFileSync(witness.head, 'utf8'))
  assert.equal(parseCheckpoint(parseNote(kept.checkpoint).text).size, held)
  assert.ok(kept.refused.checkpoint)
  // It signs nothing of the other history.
  const { cosignatures } = await system.client.call('audit.log')
  assert.deepEqual(
    cosignatures.map((one) => one.size < held),
    [true],
  )
})
