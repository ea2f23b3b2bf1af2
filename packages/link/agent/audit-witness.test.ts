import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { CheckpointFrame } from '@xerotier/protocol/frames/audit/checkpoint.ts'
import { newSigningKey, type SigningKey } from '@xerotier/runtime/ed25519.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import { cosignedAt, noteKey, parseNote, parseVerifierKey, signedCheckpoint } from '@xerotier/runtime/tlog/note.ts'
import { consistencyProof, leafHash, type NodeAt, nodeHash, rootOf } from '@xerotier/runtime/tlog/tree.ts'
import { createAuditWitness, type WitnessAnswer } from './audit-witness.ts'

const origin = 'xerotier-audit/proj_abcd1234'

/** What a router of this history shows. */
function routerOf(history: string, key: SigningKey, previous?: SigningKey) {
  const nodeAt: NodeAt = (level, index) =>
    level === 0
      ? leafHash(Buffer.from(`${history} ${index}`))
      : nodeHash(nodeAt(level - 1, 2 * index), nodeAt(level - 1, 2 * index + 1))
  return (size: number, old_size: number): CheckpointFrame => ({
    t: 'checkpoint',
    note: signedCheckpoint({ origin, size, root: rootOf(size, nodeAt) }, key, previous),
    log_key: new Uint8Array(key.publicKey),
    old_size,
    proof: consistencyProof(Math.min(old_size, size), size, nodeAt).map((hash) => new Uint8Array(hash)),
  })
}

function world(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-witness-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'audit-head.json')
  const lines: Record<string, unknown>[] = []
  const results: string[] = []
  const log = createLog({
    level: 'info',
    name: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  let hears = (_: string) => {}
  const signing = newSigningKey()
  const clock = settableClock()
  const start = () =>
    createAuditWitness({
      path,
      enrollment: { agent_id: 'agt_abcd1234', project_id: 'proj_abcd1234' },
      signing: () => signing,
      clock,
      log,
      looked(result) {
        results.push(result)
        hears(result)
      },
    })
  let agent = start()
  return {
    path,
    clock,
    lines,
    results,
    verifierKey: String(lines[0]?.cosigner),
    restart: () => {
      agent = start()
    },
    show: (frame: CheckpointFrame) => new Promise<WitnessAnswer>((resolve) => agent.look(frame, resolve)),
    /** What became of it, answered or not. */
    result: (frame: CheckpointFrame) =>
      new Promise<string>((resolve) => {
        hears = resolve
        agent.look(frame, () => {})
      }),
  }
}

const reasonOf = (answer: WitnessAnswer) => (answer.t === 'cosignature' ? 'cosigned' : answer.reason)

test('another key of the log is taken from the one that is kept, and from nobody else', async (t) => {
  const agent = world(t)
  const [first, second, strange] = [newSigningKey(), newSigningKey(), newSigningKey()]
  const held = () => parseVerifierKey(JSON.parse(readFileSync(agent.path, 'utf8')).verifier_key)?.publicKey
  assert.equal(reasonOf(await agent.show(routerOf('a', first)(3, 0))), 'cosigned')
  // Named by somebody whom the agent does not know, and named without being there.
  assert.equal(reasonOf(await agent.show(routerOf('a', strange, second)(4, 3))), 'signature')
  const absent = routerOf('a', strange, first)(4, 3)
  const lines = absent.note.split('\n').filter((line) => !line.startsWith('\u2014') || line.includes(idOf(first)))
  assert.equal(reasonOf(await agent.show({ ...absent, note: lines.join('\n') })), 'cosigned')
  assert.deepEqual(held(), first.publicKey)
  assert.equal(reasonOf(await agent.show(routerOf('a', second, first)(5, 4))), 'cosigned')
  assert.deepEqual(held(), second.publicKey)
  agent.restart()
  assert.equal(reasonOf(await agent.show(routerOf('a', second)(6, 5))), 'cosigned')
  assert.equal(reasonOf(await agent.show(routerOf('a', first)(7, 6))), 'signature')
})

/** With what the signatures of a key begin in a note. */
const idOf = ({ publicKey }: SigningKey) => noteKey(origin, 'log', publicKey).id.toString('base64').slice(0, 4)

test('an agent signs what goes on from what it saw, also after a restart, and keeps it for itself', async (t) => {
  const { path, clock, verifierKey, ...agent } = world(t)
  const show = routerOf('a', newSigningKey())
  const first = await agent.show(show(3, 0))
  assert.ok(first.t === 'cosignature' && first.size === 3)
  agent.restart()
  const next = await agent.show(show(9, 3))
  assert.ok(next.t === 'cosignature' && next.size === 9)
  const { text } = parseNote(show(9, 3).note)
  const key = parseVerifierKey(verifierKey) ?? assert.fail()
  assert.equal(key.name, 'xerotier-agent/agt_abcd1234')
  assert.equal(cosignedAt(text, key, Buffer.from(next.signature)), Math.floor(clock.now() / 1000))
  const kept = JSON.parse(readFileSync(path, 'utf8'))
  assert.equal(parseNote(kept.checkpoint).text, text)
  assert.equal(parseNote(kept.checkpoint).signatures.length, 2)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a router that does not know what the agent saw is told', async (t) => {
  const agent = world(t)
  const show = routerOf('a', newSigningKey())
  await agent.show(show(9, 0))
  for (const old of [0, 4]) {
    const answer = await agent.show(show(12, old))
    assert.ok(answer.t === 'checkpoint_refused' && answer.reason === 'conflict' && answer.held_size === 9)
  }
  assert.equal(reasonOf(await agent.show(show(12, 9))), 'cosigned')
  assert.deepEqual(
    agent.lines.filter(({ level }) => level !== 'info'),
    [],
  )
})

for (const [reason, other] of [
  ['fork', (key: SigningKey) => routerOf('b', key)(12, 9)],
  ['fork', (key: SigningKey) => routerOf('b', key)(9, 9)],
  ['rollback', (key: SigningKey) => routerOf('a', key)(8, 8)],
  ['signature', () => routerOf('a', newSigningKey())(12, 9)],
] as const) {
  test(`another history is refused as ${reason}, said once, and both checkpoints are kept`, async (t) => {
    const agent = world(t)
    const key = newSigningKey()
    await agent.show(routerOf('a', key)(9, 0))
    const before = JSON.parse(readFileSync(agent.path, 'utf8'))
    for (let time = 0; time < 3; time++) assert.equal(reasonOf(await agent.show(other(key))), reason)
    agent.restart()
    assert.equal(reasonOf(await agent.show(other(key))), reason)
    const { refused, ...kept } = JSON.parse(readFileSync(agent.path, 'utf8'))
    assert.deepEqual(kept, before)
    assert.equal(refused.reason, reason)
    assert.equal(parseNote(refused.checkpoint).signatures.length, 1)
    const critical = agent.lines.filter(({ level }) => level === 'critical')
    assert.deepEqual(
      critical.map((line) => line.reason),
      [reason],
    )
    assert.deepEqual(agent.results, ['cosigned', reason, reason, reason, reason])
    // The history that it knows is signed for again.
    assert.equal(reasonOf(await agent.show(routerOf('a', key)(12, 9))), 'cosigned')
    assert.equal(JSON.parse(readFileSync(agent.path, 'utf8')).refused, undefined)
  })
}

test('nothing is signed while what was seen cannot be read', async (t) => {
  const agent = world(t)
  const show = routerOf('a', newSigningKey())
  await agent.show(show(9, 0))
  const kept = readFileSync(agent.path)
  writeFileSync(agent.path, '{')
  assert.equal(await agent.result(show(12, 9)), 'failed')
  assert.equal(readFileSync(agent.path, 'utf8'), '{')
  writeFileSync(agent.path, kept)
  assert.equal(await agent.result(show(12, 9)), 'cosigned')
})
