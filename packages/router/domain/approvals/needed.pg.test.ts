// Who an approval says is still needed.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { policyWorld } from '../policies/policy-world.fixture.ts'

const world = await policyWorld()
const { db, client, as, idOf, apply, submit, show, approve, reject, finish, eventsOf } = world
after(() => world.stop())

const addresses = (...names: string[]) => names.map((name) => `${name}@example.com`)
const active = (name: string, is: boolean) =>
  db.updateTable('users').set({ active: is }).where('id', '=', idOf(name)).execute()

test('who is needed is said once, with how many of them', async () => {
  await apply({ stages: [{ approvers: { roles: ['owner'] }, quorum: 2 }] })
  const { id, approvalId } = await submit()
  const asked = await show(approvalId)
  assert.deepEqual([asked.needs, asked.needed], [['an owner (2 of them)'], 2])
  const plan = await client.call('invocations.plan', { body: { workspace: 'prod', tool: 'stop', args: { a: 1 } } })
  assert.deepEqual(plan.approval?.needs, ['an owner (2 of them)'])
  const first = await approve('olga', approvalId)
  assert.deepEqual([first.needs, first.needed], [['an owner'], 1])
  const [record] = (await client.call('executions.show', { params: { id } })).approvals
  assert.deepEqual([record?.needs, record?.needed], [['an owner'], 1])
  const done = await approve('oleg', approvalId)
  assert.deepEqual([done.needs, done.needed], [[], 0])
  await finish()
})

test('where somebody could fill two places, either of them may be filled by the next', async () => {
  await apply({ stages: [{ approvers: { groups: ['sre', 'dba'] }, quorum: 'each_group' }] })
  const { approvalId } = await submit()
  assert.deepEqual((await show(approvalId)).needs, ['group sre', 'group dba'])
  assert.deepEqual((await approve('sue', approvalId)).needs, ['group sre, or group dba'])
  const voted = (await eventsOf(approvalId)).find(({ kind }) => kind === 'approval.voted')
  assert.deepEqual(voted?.data.needs, ['group sre, or group dba'])
  // Sue moves over to the other group.
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
  const other = await submit()
  assert.deepEqual((await approve('sam', other.approvalId)).needs, ['group dba'])
  await reject('dan', other.approvalId)
})

test('nobody is named who is gone, who has voted, or who asked', async () => {
  await apply({ stages: [{ approvers: { users: addresses('sam', 'sue', 'dan', 'mia') }, quorum: 2 }] })
  const { approvalId } = await submit('stop', { a: 1 }, as('mia'))
  const said = (...names: string[]) => addresses(...names).join(' or ')
  assert.deepEqual((await show(approvalId)).needs, [`${said('sam', 'sue', 'dan')} (2 of them)`])
  await active('dan', false)
  assert.deepEqual((await show(approvalId)).needs, [`${said('sam', 'sue')} (2 of them)`])
  await assert.rejects(approve('olga', approvalId), {
    code: 'not_an_approver',
    message: `This call is decided by ${said('sam', 'sue', 'mia')}.`,
  })
  assert.deepEqual((await approve('sam', approvalId)).needs, addresses('sue'))
  await active('sue', false)
  assert.deepEqual((await show(approvalId)).needs, [`nobody who is left (${said('sam', 'sue', 'dan', 'mia')})`])
  await active('sue', true)
  assert.equal((await approve('sue', approvalId)).state, 'approved')
  await finish()
})
