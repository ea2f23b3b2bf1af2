import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { policyWorld, sre } from './policy-world.fixture.ts'

const world = await policyWorld()
const { client, system, as, apply, submit, show, state, approve, reject, finish } = world
after(() => world.stop())

test('a service key that the policy names votes as itself, beside people, and no other key does', async () => {
  const scopes = ['execution' as const]
  const keyNamed = async (name: string) => {
    const made = await client.call('apiKeys.create', { body: { name, scopes } })
    return { id: made.id, client: system.clientWith(made.key) }
  }
  const [robot, other] = [await keyNamed('robot'), await keyNamed('other')]
  await apply({ stages: [{ approvers: { ...sre, service_keys: ['robot'] }, quorum: 2 }] })
  const { id, approvalId } = await submit('stop', { a: 1 }, as('mia'))
  await assert.rejects(approve(other.client, approvalId), { code: 'not_an_approver', message: /service key robot/ })
  const first = await approve(robot.client, approvalId, { note: 'checked' })
  assert.deepEqual(
    first.votes.map(({ vote, by, by_name, key, door }) => [vote, by, by_name, key, door]),
    [['approve', robot.id, 'robot', robot.id, 'api']],
  )
  assert.deepEqual([first.state, first.needed], ['pending', 1])
  assert.equal((await approve(robot.client, approvalId)).needed, 1, 'the same key again fills no other place')
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
  assert.equal(await state(id), 'completed')

  // A key that was revoked between two votes does not count any more.
  const next = await submit('stop', { a: 2 }, as('mia'))
  await approve(robot.client, next.approvalId)
  await as('olga').call('apiKeys.revoke', { params: { id: robot.id } })
  assert.deepEqual(
    [(await approve('sam', next.approvalId)).state, (await show(next.approvalId)).needed],
    ['pending', 1],
  )
  await reject('sue', next.approvalId)
})
