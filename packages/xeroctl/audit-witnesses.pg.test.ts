// Who has seen the audit log, as people and programs verify it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { AuditLog } from '@xerotier/protocol/api/audit.ts'
import { newSigningKey, signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import {
  cosign,
  noteKey,
  parseNote,
  signatureLine,
  signedCheckpoint,
  verifierKey,
} from '@xerotier/runtime/tlog/note.ts'
import { exitCodes } from './exit-codes.ts'
import { emptyFolder, xeroctl } from './run.fixture.ts'

const python = join(import.meta.dirname, '../../docs/verify-audit.py')
let router: RouterForTests
let witness: AgentForTests

before(async () => {
  router = await startRouterForTests({ settings: { cosignEveryMs: 0 } })
  // The log ends in the middle of a tile when it is seen, and that tile is full later.
  await add(300)
  witness = await startAgentForTests(router.client, { name: 'witness' })
  await seen(300)
  await witness.agent.stop('it saw enough')
  await add(500)
})
after(async () => {
  rmSync(dirname(witness.tools), { recursive: true, force: true })
  await router.stop()
})

const add = (count: number) =>
  router.router.core.store.pool.query(
    `insert into events (at, project_id, kind, actor, agent_id, data)
     select now(), $1, 'agent.updated', 'agt_0', 'agt_0', jsonb_build_object('n', n) from generate_series(1, $2) as n`,
    [router.projectId, count],
  )

/** Waits until the log is sealed, and seen, up to there. */
function seen(size: number): Promise<AuditLog> {
  return until('the cosignature', async () => {
    router.router.core.eventLog.wake()
    const log = await router.client.call('audit.log')
    return log.cosignatures.some((one) => one.size >= size) ? log : undefined
  })
}

function sealed(size: number): Promise<AuditLog> {
  return until('the seal', async () => {
    router.router.core.eventLog.wake()
    const log = await router.client.call('audit.log')
    return log.size >= size ? log : undefined
  })
}

const cli = (t: TestContext, ...words: string[]) =>
  xeroctl(t, words, {
    now: Date.now(),
    env: { XEROTIER_BASE_URL: `${router.client.origin}/demo/v1`, XEROTIER_API_KEY: router.apiKey },
  })

async function verifyWithPython(...words: string[]): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)('python3', [python, ...words])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, stdout }
  }
}

async function exported(t: TestContext): Promise<string> {
  await sealed(800)
  const folder = join(emptyFolder(t), 'export')
  assert.equal((await cli(t, 'audit', 'export', '--to', folder)).code, 0)
  return folder
}

test('a log says who has seen it, and both verifiers hold it against that', async (t) => {
  const { cosignatures, verifier_key } = await sealed(800)
  const [{ verifier_key: agentKey } = assert.fail()] = cosignatures
  assert.match((await cli(t, 'audit', 'log')).stdout, /Seen by: +1 witness, up to \d+ records[\s\S]*witness/)
  const live = await cli(t, 'audit', 'verify', '--agent-key', agentKey, '-o', 'json')
  assert.deepEqual([live.code, JSON.parse(live.stdout).seen_by.length], [0, 1])
  const folder = await exported(t)
  const offline = await xeroctl(t, ['audit', 'verify', '--from', folder, '--agent-key', agentKey], { env: {} })
  assert.equal(offline.code, 0)
  assert.match(offline.stdout, /Seen by: +1 witness/)
  const { code, stdout } = await verifyWithPython(folder, verifier_key, agentKey)
  assert.equal(code, 0)
  assert.match(stdout, /^verified: .*\nseen by 1 witnesses\n$/)
})

test('who keeps an older key of an agent follows it to the one that it signs with now', async (t) => {
  const one = await startAgentForTests(router.client, { name: 'rotating' })
  t.after(() => one.stop())
  const id = one.agent.agentId
  const keyOf = async () => {
    const log = await until('its cosignature', async () => {
      router.router.core.eventLog.wake()
      const { cosignatures } = await router.client.call('audit.log')
      return cosignatures.find(({ agent_id }) => agent_id === id)
    })
    return log.verifier_key
  }
  const keys = [await keyOf()]
  for (const reason of ['first', 'second']) {
    const params = { id: 'rotating' }
    const rotation = await router.client.call('agents.rotateSigningKey', {
      params,
      query: { wait: 60 },
      body: { reason },
    })
    assert.equal(rotation.state, 'completed')
    // Each cut-over is a record, and so there is something to sign.
    keys.push(
      await until('a signature of the new key', async () => {
        const key = await keyOf()
        return keys.includes(key) ? undefined : key
      }),
    )
  }
  const folder = await exported(t)
  const facts = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
  const verify = async (key: string) => {
    const offline = await xeroctl(t, ['audit', 'verify', '--from', folder, '--agent-key', key], { env: {} })
    return [offline.code, (await verifyWithPython(folder, facts.verifier_key, key)).code]
  }
  for (const key of keys) assert.deepEqual(await verify(key), [0, 0], key)
  const [live] = [await cli(t, 'audit', 'verify', '--agent-key', keys[0]!)]
  assert.equal(live.code, 0, live.stdout)

  // What the older key did not sign leads nowhere.
  const mine = facts.cosignatures.find((cosignature: { agent_id: string }) => cosignature.agent_id === id)
  const forged = '00'.repeat(64)
  mine.replaced[0].signature = forged
  writeFileSync(join(folder, 'log.json'), JSON.stringify(facts))
  assert.deepEqual(await verify(keys[0]!), [exitCodes.unproven.code, 1])
  assert.deepEqual(await verify(keys[1]!), [0, 0])
})

test('who has not signed, or only says so, is found out', async (t) => {
  const folder = await exported(t)
  const facts = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
  const stranger = verifierKey(noteKey('xerotier-agent/agt_none', 'cosigner', newSigningKey().publicKey))
  const refused = async (expected: RegExp, ...keys: string[]) => {
    const flags = keys.flatMap((key) => ['--agent-key', key])
    const offline = await xeroctl(t, ['audit', 'verify', '--from', folder, ...flags], { env: {} })
    assert.equal(offline.code, exitCodes.unproven.code)
    assert.match(offline.stdout, expected)
    const { code, stdout } = await verifyWithPython(folder, facts.verifier_key, ...keys)
    assert.deepEqual([code, stdout.slice(0, 12)], [1, 'NOT VERIFIED'])
  }
  await refused(/has signed nothing/, stranger)
  const [one] = facts.cosignatures
  const write = (change: object) =>
    writeFileSync(join(folder, 'log.json'), JSON.stringify({ ...facts, cosignatures: [{ ...one, ...change }] }))
  write({ verifier_key: stranger, checkpoint: one.checkpoint.replaceAll(one.agent_id, 'agt_none') })
  await refused(/is said to be signed by/)
})

test('a log that an agent saw otherwise is refused, by what it signed and by what it kept', async (t) => {
  const folder = await exported(t)
  const { verifier_key, cosignatures, ...facts } = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'))
  const seed = readFileSync(join(router.stateDir, 'keys/audit-log-key.hex'), 'utf8').trim()
  const agent = newSigningKey()
  const key = noteKey('xerotier-agent/agt_other', 'cosigner', agent.publicKey)
  for (const size of [256, 300, 513]) {
    const [origin = ''] = verifier_key.split('+')
    const note = signedCheckpoint(
      { origin, size, root: Buffer.alloc(32, 7) },
      signingKeyFromSeed(Buffer.from(seed, 'hex')),
    )
    const checkpoint = note + signatureLine(key, cosign(parseNote(note).text, agent, 1_700_000_000))
    const other = { verifier_key: verifierKey(key), checkpoint }
    writeFileSync(
      join(folder, 'log.json'),
      JSON.stringify({ ...facts, verifier_key, cosignatures: [...cosignatures, other] }),
    )
    const offline = await xeroctl(t, ['audit', 'verify', '--from', folder], { env: {} })
    assert.equal(offline.code, exitCodes.unproven.code)
    assert.match(offline.stdout, new RegExp(`its first ${size} records are not those that were seen`))
    assert.match((await verifyWithPython(folder)).stdout, new RegExp(`seen another history of ${size} records`))
    const held = join(folder, 'seen')
    writeFileSync(held, checkpoint)
    const live = await cli(t, 'audit', 'verify', '--seen', held)
    assert.match(live.stdout, /the history was forked/)
  }
  const own = join(dirname(witness.tools), 'audit-head.json')
  assert.equal((await cli(t, 'audit', 'verify', '--seen', own)).code, 0)
})
