// A witness outside, as a process behind real HTTP, and what else may stand in its place.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startTlogWitness, type TlogWitness } from '@xerotier/devkit/fakes/tlog-witness.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { cosignedAt, parseCheckpoint, parseNote, verifierKey } from '@xerotier/runtime/tlog/note.ts'
import { createOutsideWitness } from './outside.ts'

const settings = { cosignEveryMs: 0 }
const verifier = join(import.meta.dirname, '../../../../docs/verify-audit.py')
let system: RouterForTests
let outside: TlogWitness
before(async () => {
  system = await startRouterForTests({ settings })
  const log = await sealed(1)
  outside = await startTlogWitness({ logs: [log.verifier_key] })
})
after(async () => {
  await system.stop()
  await outside.stop()
})

function sealed(size: number) {
  return until('the seal', async () => {
    const log = await system.client.call('audit.log')
    return log.checkpoint !== null && log.size >= size ? log : undefined
  })
}

/** Something happens, and is sealed. @returns the size of the log at least */
async function happen(name: string): Promise<number> {
  const { size } = await sealed(1)
  await system.client.call('workspaces.create', { body: { name } })
  await sealed(size + 1)
  return size + 1
}

function signed(size: number) {
  return until('the signature', async () => {
    const { cosignatures } = await system.client.call('audit.log')
    const [one] = cosignatures.filter(({ agent_id }) => agent_id === null)
    return one !== undefined && one.size >= size ? one : undefined
  })
}

async function refusals() {
  const { data } = await system.client.call('audit.records', { query: { kind: 'witness.checkpoint_refused' } })
  return data.map(({ data: { reason, held_size } }) => [reason, held_size])
}

/** A round with whatever answers at this path of it. @returns how each submission went */
async function asked(way: string, rounds = 1): Promise<string[]> {
  const answers: string[] = []
  const options = { url: `${outside.url}/${way}`, key: outside.key, patienceMs: 300 }
  const one = createOutsideWitness(system.router.core, options, (answer) => void answers.push(answer))
  // A log that it did not sign is not due at once.
  await until('its answers', async () => {
    await one.work()
    return answers.length >= rounds || undefined
  })
  await one.close()
  return answers
}

test('nothing that answers in place of a witness is stored, or harms anything', async () => {
  await happen('first')
  for (const [way, answer] of [
    ['hang', 'unreachable'],
    ['flood', 'unreachable'],
    ['garbage', 'nonsense'],
    ['a-page', 'nonsense'],
    ['broken', 'nonsense'],
    ['knows-nobody', 'unknown'],
    ['another-key', 'nonsense'],
  ] as const)
    assert.equal((await asked(way))[0], answer, way)
  const { cosignatures } = await system.client.call('audit.log')
  assert.deepEqual(cosignatures, [])
  assert.deepEqual(await refusals(), [])
})

test('a witness that has seen another log is on record, once for each kind', async () => {
  await happen('second')
  assert.deepEqual(await asked('sees-more', 3), ['rollback', 'rollback', 'rollback'])
  assert.deepEqual(await asked('sees-a-fork', 2), ['fork', 'fork'])
  const told = await until('the records', async () => {
    const found = await refusals()
    return found.length > 1 ? found : undefined
  })
  assert.deepEqual(told, [
    ['fork', 0],
    ['rollback', 999_999_999],
  ])
})

test('a router ends at once while its witness hangs', async () => {
  const one = createOutsideWitness(system.router.core, { url: `${outside.url}/hang`, key: outside.key }, () => {})
  await one.work()
  await one.close()
})

test('it signs each checkpoint, after a restart too and of what the router has forgotten', async (t) => {
  const witness = { url: outside.url, key: outside.key }
  await system.restart({ settings, witness })
  const first = await signed(await happen('third'))
  const { text, signatures } = parseNote(first.checkpoint)
  assert.equal(parseCheckpoint(text).size, first.size)
  assert.equal(first.verifier_key, verifierKey(outside.key))
  assert.ok(cosignedAt(text, outside.key, signatures[1]?.signature ?? Buffer.alloc(0)))
  await system.restart({ settings, witness })
  const second = await signed(await happen('fourth'))
  assert.ok(second.size > first.size)

  // As after a restored backup, or a death before the commit: the witness says where it is.
  await system.router.core.store.pool.query('delete from audit_outside_cosignatures')
  await system.restart({ settings, witness })
  const third = await signed(await happen('fifth'))
  assert.equal((await refusals()).length, 2, 'nobody was refused')

  // Whoever verifies an archive elsewhere has the witness among its keys.
  const { id } = await system.client.call('exports.create', {
    body: { type: 'audit', format: 'ndjson', since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' },
  })
  await until('the export', async () => {
    const { state } = await system.client.call('exports.show', { params: { id } })
    return state === 'completed' || undefined
  })
  const { body } = await system.client.bytes('exports.download', { params: { id } })
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-export-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'export.zip'), Buffer.from(await new Response(body).arrayBuffer()))
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, 'export.zip'), folder])
  const { verifier_key } = await system.client.call('audit.log')
  const said = execFileSync('python3', [verifier, join(folder, 'audit'), verifier_key, third.verifier_key])
  assert.match(said.toString(), /^verified[\s\S]*seen by 1 /)
})
