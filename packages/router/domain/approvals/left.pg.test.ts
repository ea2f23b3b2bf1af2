// A stage that too few people are left for.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { until } from '@xerotier/devkit/faults/until.ts'
import { policyWorld, sre } from '../policies/policy-world.fixture.ts'

const world = await policyWorld()
const { clock, as, idOf, group, apply, submit, show, approve, reject, finish, eventsOf } = world
after(() => world.stop())

test('a stage that nobody is left in is passed at once, and the record says so', async () => {
  await group('empty', [])
  await apply({
    stages: [
      { name: 'gone', approvers: { groups: ['empty'] } },
      { name: 'there', approvers: sre },
    ],
  })
  const { approvalId } = await submit()
  const approval = await show(approvalId)
  assert.deepEqual([approval.asked.stage_name, approval.needs], ['there', ['group empty or group sre']])
  const [, escalated] = await eventsOf(approvalId)
  assert.deepEqual(
    [escalated?.kind, escalated?.data.reason, escalated?.data.from],
    ['approval.escalated', 'nobody_left', 'gone'],
  )
  await reject('sam', approvalId)
})

test('a rule whose group is empty asks the owners beside it at once, and brings no stage on sooner', async () => {
  await apply({
    stages: [{ name: 'on call', approvers: sre }],
    rules: [{ name: 'r', when: 'true', then: { approvers: { groups: ['empty'] } } }],
  })
  const { approvalId } = await submit()
  const approval = await show(approvalId)
  assert.deepEqual([approval.asked.stage, approval.needs], [0, ['group sre', 'group empty or an owner']])
  const [, short] = await eventsOf(approvalId)
  assert.deepEqual(
    [short?.kind, short?.data.reason, short?.data.from, short?.data.tell],
    ['approval.escalated', 'nobody_left', 'on call', [{ roles: ['owner'] }]],
  )
  await approve('olga', approvalId)
  await approve('oleg', approvalId)
  assert.deepEqual((await show(approvalId)).needs, ['group sre'], 'the owners do not stand for the stage')
  // The same policy with another description asks in the same way: nothing is asked again.
  const { pending } = await apply({
    description: 'as before',
    stages: [{ name: 'on call', approvers: sre }],
    rules: [{ name: 'r', when: 'true', then: { approvers: { groups: ['empty'] } } }],
  })
  assert.deepEqual(
    pending.map(({ outcome }) => outcome),
    ['stands'],
  )
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
})

test('a stage whose people leave while it waits says so when they leave, and escalates', async () => {
  await group('short-lived', ['mia'])
  await apply({
    stages: [
      { name: 'first', approvers: { groups: ['short-lived'] }, seconds: 600 },
      { name: 'second', approvers: sre, seconds: 600 },
    ],
  })
  const { approvalId } = await submit()
  assert.equal((await show(approvalId)).asked.stage_name, 'first')
  await as('olga').call('groups.removeMember', { params: { id: 'short-lived', member: idOf('mia') } })
  const escalated = await until('the next stage', async () => {
    await clock.advance(200)
    return (await eventsOf(approvalId)).find(({ kind }) => kind === 'approval.escalated')
  })
  assert.deepEqual([escalated.data.reason, escalated.data.from, escalated.data.stage], ['nobody_left', 'first', 1])
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
})
