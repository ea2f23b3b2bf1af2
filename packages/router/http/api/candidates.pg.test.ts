import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newAgentKeys } from '@xerotier/devkit/bare-agent.ts'
import { enrollText } from '@xerotier/protocol/api/enroll.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type ApiForTests, startApiForTests } from '../api.fixture.ts'

let router: ApiForTests
before(async () => {
  router = await startApiForTests()
})
after(() => router.stop())

const ask = async (method: string, path: string, body?: unknown, key?: string) =>
  router.call(method, `/acme/v1/management/${path}`, {
    ...(body === undefined ? {} : { body }),
    ...(key === undefined ? {} : { key }),
  })
const joinKey = async (name: string, more = { require_approval: true }) =>
  (await ask('POST', 'join-keys', { name, region: 'eu', ...more })).body
const waiting = async (query = '') => (await ask('GET', `candidates${query}`)).body.data
const decide = (id: string, verb: 'approve' | 'reject', note?: string) =>
  ask('POST', `candidates/${id}/${verb}`, note === undefined ? {} : { note })

function enroll(join_key: string, name: string, keys: ReturnType<typeof newAgentKeys>) {
  const body = {
    ...{ join_key, registration_name: name, role: 'xem', hostname: `${name}.example`, version: '0.1.0' },
    signing_public_key: keys.signing.publicKey.toString('hex'),
    curve_public_key: keys.curve.publicKey,
  }
  const proof = keys.signing.sign(Buffer.from(enrollText(body))).toString('hex')
  return router.call('POST', '/v1/enroll', { key: null, body: { ...body, proof } })
}

test('nobody enrolls before an operator has approved exactly this identity, and then once', async () => {
  const { key, id } = await joinKey('gated')
  const [mine, thief] = [newAgentKeys(), newAgentKeys()]
  for (let n = 0; n < 2; n++) {
    const { status, body, headers } = await enroll(key, 'gated', mine)
    assert.deepEqual([status, body.error.code], [409, 'enrollment_pending'])
    assert.ok(Number(headers.get('retry-after')) > 0)
  }
  await enroll(key, 'gated', thief)
  const [second, first] = await waiting()
  assert.deepEqual([first.name, first.hostname, first.join_key_id], ['gated', 'gated.example', id])
  assert.deepEqual([first.key_id, second.key_id], [mine.signing.keyId, thief.signing.keyId])
  assert.equal((await ask('GET', 'agents')).body.data.length, 0)

  const approved = (await decide(first.id, 'approve', 'known host')).body
  assert.deepEqual([approved.state, approved.note, approved.decided_by_name], ['approved', 'known host', 'owner'])
  assert.equal((await enroll(key, 'gated', thief)).body.error.code, 'enrollment_pending')
  assert.equal((await enroll(key, 'other-name', mine)).body.error.code, 'enrollment_rejected')
  const enrolled = await enroll(key, 'gated', mine)
  assert.equal(enrolled.status, 200)
  const after = (await ask('GET', `candidates/${first.id}`)).body
  assert.deepEqual([after.state, after.agent_id], ['enrolled', enrolled.body.agent_id])
  assert.equal((await enroll(key, 'gated', thief)).body.error.code, 'join_key_consumed')
  assert.equal((await enroll(key, 'gated', mine)).status, 200, 'the same identity comes back')
  const { rows } = await router.core.store.pool.query(
    `select kind from events where data->>'candidate_id' = '${first.id}' order by xid, seq`,
  )
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['candidate.requested', 'candidate.approved', 'candidate.enrolled'],
  )
})

test('who was rejected stays out, and a decision is not taken back by the other one', async () => {
  const { key } = await joinKey('refused')
  const keys = newAgentKeys()
  await enroll(key, 'refused', keys)
  const [{ id }] = await waiting()
  assert.equal((await decide(id, 'reject')).body.state, 'rejected')
  assert.equal((await decide(id, 'reject')).status, 200)
  assert.equal((await decide(id, 'approve')).body.error.code, 'illegal_transition')
  const { status, body } = await enroll(key, 'refused', keys)
  assert.deepEqual([status, body.error.code], [403, 'enrollment_rejected'])
  assert.ok((await waiting('?status=rejected')).some((one: { id: string }) => one.id === id))
  const changedMind = newAgentKeys()
  await enroll(key, 'refused', changedMind)
  const [next] = await waiting()
  await decide(next.id, 'approve')
  assert.equal((await decide(next.id, 'reject')).body.state, 'rejected', 'until it has enrolled')
  assert.equal((await enroll(key, 'refused', changedMind)).body.error.code, 'enrollment_rejected')
})

test('a revoked join key lets no approved candidate in, and only so many identities ask with one', async () => {
  const revoked = await joinKey('revoked')
  const keys = newAgentKeys()
  await enroll(revoked.key, 'revoked', keys)
  const [{ id }] = await waiting()
  await decide(id, 'approve')
  await ask('DELETE', `join-keys/${revoked.id}`)
  assert.equal((await enroll(revoked.key, 'revoked', keys)).body.error.code, 'join_key_revoked')
  const { key } = await joinKey('crowded')
  for (let n = 0; n < limits.candidatesPerJoinKey; n++) await enroll(key, `crowd-${n}`, newAgentKeys())
  assert.equal((await enroll(key, 'one-more', newAgentKeys())).body.error.code, 'limit_reached')
})

test('a join key that wants no approval lets in at once, and another project decides on none of ours', async () => {
  const { key, require_approval } = await joinKey('open', { require_approval: false })
  assert.equal(require_approval, false)
  assert.equal((await enroll(key, 'open', newAgentKeys())).status, 200)
  const id = await router.storeCandidate()
  const other = await router.makeProject('other')
  const theirs = (method: string, path: string, body?: unknown) =>
    router.call(method, `/other/v1/management/${path}`, { key: other.key, ...(body === undefined ? {} : { body }) })
  assert.deepEqual((await theirs('GET', 'candidates?status=all')).body.data, [])
  assert.equal((await theirs('POST', `candidates/${id}/approve`, {})).status, 404)
  assert.equal((await ask('GET', 'candidates?status=gone')).body.error.param, 'status')
})
