import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { dba, policyWorld, sre } from './policy-world.fixture.ts'

const world = await policyWorld()
const { clock, client, system, serving, db, as, idOf, apply, submit, show, state, approve, reject, finish, eventsOf } =
  world
after(() => world.stop())

test('a call is decided by those whom the policy names, and by nobody else', async () => {
  await apply({ stages: [{ name: 'on call', approvers: sre }] })
  const { id, approvalId } = await submit()
  const approval = await show(approvalId)
  assert.deepEqual(
    [approval.asked.policy, approval.asked.version, approval.asked.stage_name, approval.needs],
    ['prod', 1, 'on call', ['group sre']],
  )
  for (const by of ['dan', 'olga', client]) {
    await assert.rejects(approve(by, approvalId), { code: 'not_an_approver', message: /decided by group sre/ })
  }
  await assert.rejects(reject('dan', approvalId), { code: 'not_an_approver' })
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
  assert.equal(await state(id), 'completed')
})

test('a quorum is filled by different people, and the record says who voted and who is needed', async () => {
  await apply({ stages: [{ approvers: { groups: ['sre', 'dba'] }, quorum: 'each_group' }] })
  const { id, approvalId } = await submit()
  const first = await approve('sue', approvalId, { note: 'seen' })
  // Sue is in both groups, and fills one place.
  assert.deepEqual([first.state, first.needs, first.needed], ['pending', ['group sre, or group dba'], 1])
  assert.deepEqual(
    first.votes.map(({ vote, by, note, digest }) => [vote, by, note, digest]),
    [['approve', idOf('sue'), 'seen', first.digest]],
  )
  await approve('sue', approvalId)
  assert.equal((await show(approvalId)).needs.length, 1, 'the same person again fills no other place')
  const second = await approve('dan', approvalId)
  assert.deepEqual([second.state, second.needs], ['approved', []])
  await finish()
  assert.equal(await state(id), 'completed')
})

test('whoever lost their group or their membership between two votes does not count any more', async () => {
  await apply({ stages: [{ approvers: { groups: ['sre', 'dba'] }, quorum: 2 }] })
  const { approvalId } = await submit()
  await approve('sam', approvalId)
  await db.updateTable('users').set({ active: false }).where('id', '=', idOf('sam')).execute()
  const after = await approve('dan', approvalId)
  assert.deepEqual([after.state, after.needs.length], ['pending', 1])
  await db.updateTable('users').set({ active: true }).where('id', '=', idOf('sam')).execute()
  assert.deepEqual((await show(approvalId)).needs, [])
  assert.equal((await approve('dan', approvalId)).state, 'approved')
  await finish()
})

test('of the removal of an approver and their last vote at once, one is first and both hold', async () => {
  await apply({ stages: [{ approvers: { groups: ['sre', 'dba'] }, quorum: 2 }] })
  for (let turn = 0; turn < 4; turn++) {
    const user = { email: `leaver-${turn}@example.com` }
    const leaver = await personForTests(system.router.core, system.projectId, `leaver-${turn}`)
    await as('olga').call('groups.addMember', { params: { id: 'sre' }, body: { member: user.email } })
    const { id, approvalId } = await submit()
    await approve('dan', approvalId)
    const removing = as('olga').call('members.remove', { params: { id: user.email } })
    const voting = approve(system.clientWith(leaver.key), approvalId)
    const [vote] = await Promise.allSettled([voting, removing])
    await removing
    const after = await show(approvalId)
    if (after.state === 'approved') {
      await finish()
      assert.equal(await state(id), 'completed')
      continue
    }
    // Who had gone by then was not let in, or their vote fills nothing.
    if (vote.status === 'rejected') assert.match(vote.reason.code, /authentication_error|not_an_approver/)
    assert.deepEqual([after.state, after.needs.length], ['pending', 1])
    await reject('sam', approvalId)
  }
})

test('a vote is taken back while others are needed', async () => {
  await apply({ stages: [{ approvers: sre, quorum: 2 }] })
  const { approvalId } = await submit()
  await approve('sam', approvalId)
  const withdraw = () => as('sam').call('approvals.withdraw', { params: { id: approvalId }, body: { note: 'wait' } })
  const withdrawn = await withdraw()
  assert.deepEqual([withdrawn.needs, withdrawn.needed], [['group sre (2 of them)'], 2])
  await assert.rejects(withdraw(), { code: 'illegal_transition' })
  assert.equal((await approve('sue', approvalId)).state, 'pending')
  assert.equal((await approve('sam', approvalId)).state, 'approved')
  await finish()
})

test('of two last votes at once one decides, and the call runs once', async () => {
  await apply({ stages: [{ approvers: { groups: ['sre', 'dba'] }, quorum: 2 }] })
  for (let turn = 0; turn < 5; turn++) {
    const { id, approvalId } = await submit()
    await approve('sam', approvalId)
    const [one, other] = await Promise.allSettled([approve('sue', approvalId), approve('dan', approvalId)])
    const states = [one, other].map((vote) => (vote.status === 'fulfilled' ? vote.value.state : vote.reason.code))
    assert.deepEqual(states.sort(), ['approval_already_decided', 'approved'])
    await finish()
    assert.equal(await state(id), 'completed')
  }
  assert.equal(serving.agent.waiting.filter(({ t }) => t === 'dispatch').length, 0)
})

test('one reject ends it, unless the policy says otherwise', async () => {
  await apply({ stages: [{ approvers: sre, quorum: 2 }] })
  const first = await submit()
  await reject('sam', first.approvalId)
  assert.equal(await state(first.id), 'rejected')
  await apply({
    stages: [{ approvers: { groups: ['sre', 'dba'] } }],
    one_reject_ends: false,
    on_timeout_destructive: 'reject',
  })
  const { id, approvalId } = await submit()
  assert.equal((await reject('sam', approvalId)).state, 'pending')
  assert.equal((await reject('sue', approvalId)).state, 'pending')
  assert.equal((await reject('dan', approvalId)).state, 'rejected', 'nobody is left')
  assert.equal(await state(id), 'rejected')
})

test('rules raise the risk, ask more people and refuse, and the record names them', async () => {
  await apply({
    rules: [
      { name: 'prod is careful', when: 'tool == "label" && args.a == 7', then: { risk: 'irreversible' } },
      { name: 'ask the dbas', when: 'tool == "stop" && has(args.db)', then: { approvers: dba } },
      { name: 'never', when: 'has(args.a) && args.a == 13', then: { refuse: 'Thirteen is not allowed.' } },
    ],
  })
  assert.equal((await submit('label', { a: 1 })).approvalId, '')
  await finish()
  const raised = await submit('label', { a: 7 })
  const approval = await show(raised.approvalId)
  assert.deepEqual(
    [approval.risk, approval.confirm, approval.asked.rules[0]?.name],
    ['irreversible', 'label', 'prod is careful'],
  )
  assert.equal(approval.agents.length, 1)
  const call = await client.call('executions.show', { params: { id: raised.id } })
  assert.equal(call.risk, 'write', 'the call keeps the risk of its tool')
  const [asking] = call.approvals
  assert.deepEqual([call.effective_risk, asking?.risk, asking?.tool_risk], ['irreversible', 'irreversible', 'write'])
  const listed = (await client.call('executions.list', { query: {} })).data.map((one) => [one.risk, one.effective_risk])
  assert.deepEqual(listed.slice(0, 2), [
    ['write', 'irreversible'],
    ['write', 'write'],
  ])
  await assert.rejects(approve('olga', raised.approvalId), { code: 'confirmation_required' })
  await approve('olga', raised.approvalId, { confirm: 'label' })
  await finish()
  assert.equal(await state(raised.id), 'completed')

  const more = await submit('stop', { db: true })
  assert.equal((await approve('olga', more.approvalId)).state, 'pending')
  assert.equal((await approve('dan', more.approvalId)).state, 'approved')
  await finish()
  await assert.rejects(submit('look', { a: 13 }), { code: 'policy_refused', message: /Thirteen is not allowed/ })
})

test('arguments of a shape that a rule did not expect make it match, and the record says why', async () => {
  await apply({ rules: [{ name: 'many', when: 'args.replicas > 3', then: { approvers: dba } }] })
  const { approvalId } = await submit('look', { replicas: 'all' })
  const { asked, risk } = await show(approvalId)
  assert.equal(risk, 'irreversible')
  assert.match(asked.rules[0]?.error ?? '', /overload/)
  await client.call('approvals.reject', { params: { id: approvalId }, body: {} })
})

test('an approver says why where the policy wants it', async () => {
  await apply({ require_reason: true })
  const { approvalId } = await submit()
  for (const body of [{}, { note: ' ' }, { note: ' \u200b\u2060' }]) {
    await assert.rejects(approve('olga', approvalId, body), { code: 'reason_required', param: 'note' })
  }
  assert.equal((await approve('olga', approvalId, { note: 'in the window' })).state, 'approved')
  await finish()
})

test('nobody approves their own call where the policy wants four eyes, and everybody where it allows it', async () => {
  await apply({ self_approval: 'none', stages: [{ approvers: { roles: ['owner'] } }] })
  const { approvalId } = await submit('stop', {}, as('olga'))
  await assert.rejects(approve('olga', approvalId), {
    code: 'self_approval',
    message: 'Requesters cannot approve their own calls: the policy prod says `self_approval: none`.',
  })
  assert.equal((await approve('oleg', approvalId)).state, 'approved')
  await finish()
  await apply({ self_approval: 'any', stages: [{ approvers: { roles: ['owner'] } }] })
  const own = await submit('stop', {}, as('olga'))
  assert.equal((await approve('olga', own.approvalId)).state, 'approved')
  await finish()
})

test('silence goes from stage to stage, adds people, keeps votes, and expires in the end', async () => {
  await apply({
    timeout_seconds_destructive: 600,
    stages: [
      { name: 'on call', approvers: sre, seconds: 60, quorum: 2 },
      { name: 'experts', approvers: dba, seconds: 120, quorum: 2 },
    ],
  })
  const { id, approvalId } = await submit()
  await approve('sam', approvalId)
  await assert.rejects(approve('dan', approvalId), { code: 'not_an_approver' })
  await clock.leap(61_000)
  await assert.rejects(approve('olga', approvalId), { code: 'not_an_approver' })
  const second = await show(approvalId)
  assert.deepEqual([second.asked.stage, second.asked.stage_name, second.needs.length], [1, 'experts', 1])
  assert.equal((await approve('dan', approvalId)).state, 'approved', 'the vote of the first stage still counts')
  await finish()
  assert.equal(await state(id), 'completed')

  const silent = await submit()
  for (const seconds of [61, 121, 601]) await clock.leap(seconds * 1000)
  for (;;) {
    if ((await state(silent.id)) === 'expired') break
    await clock.advance(1_000)
  }
  const kinds = (await eventsOf(silent.approvalId)).map(({ kind, data }) => [kind, data.stage])
  assert.deepEqual(kinds, [
    ['approval.requested', 0],
    ['approval.escalated', 1],
    ['approval.escalated', 2],
    ['approval.expired', undefined],
  ])
})

test('a router that was away over several deadlines goes past each once, in order', async () => {
  await apply({
    stages: [
      { name: 'a', approvers: sre, seconds: 60 },
      { name: 'b', approvers: dba, seconds: 60 },
      { name: 'c', approvers: { roles: ['member'] }, seconds: 6000 },
    ],
  })
  const { approvalId } = await submit()
  // One jump over two deadlines, which is what a router that starts again finds.
  await clock.leap(125_000)
  const approval = await show(approvalId)
  while ((await show(approvalId)).asked.stage < 2) await clock.advance(1_000)
  assert.ok(approval.asked.stage <= 2)
  // A clock that is set back takes nothing back.
  clock.setWall(clock.now() - 3_600_000)
  await clock.advance(2_000)
  assert.equal((await show(approvalId)).asked.stage, 2)
  clock.setWall(clock.now() + 3_600_000)
  const escalations = (await eventsOf(approvalId)).filter(({ kind }) => kind === 'approval.escalated')
  assert.deepEqual(
    escalations.map(({ data }) => [data.stage, data.stage_name, data.reason]),
    [
      [1, 'b', 'silence'],
      [2, 'c', 'silence'],
    ],
  )
  await reject('mia', approvalId)
})

test('silence rejects where the policy says so', async () => {
  await apply({ timeout_seconds_destructive: 60, on_timeout_destructive: 'reject' })
  const { id, approvalId } = await submit()
  await clock.leap(60_500)
  while ((await state(id)) === 'pending_approval') await clock.advance(1_000)
  assert.deepEqual([await state(id), (await show(approvalId)).state], ['rejected', 'rejected'])
  await assert.rejects(approve('olga', approvalId), { code: 'approval_already_decided' })
})

test('of an approval and its end at once one holds', async () => {
  await apply({ timeout_seconds_destructive: 60 })
  for (let turn = 0; turn < 5; turn++) {
    const { id, approvalId } = await submit()
    const before = clock.leap(60_000)
    const [vote] = await Promise.allSettled([approve('olga', approvalId), before])
    if (vote.status === 'fulfilled') await finish()
    else {
      assert.equal(vote.reason.code, 'approval_expired')
      while ((await state(id)) === 'pending_approval') await clock.advance(1_000)
    }
    assert.equal(await state(id), vote.status === 'fulfilled' ? 'completed' : 'expired')
  }
})

test('an approved call waits for its window, and runs when it opens', async () => {
  const from = new Date(clock.now() + 3_600_000).toISOString().slice(0, 19)
  const until = new Date(clock.now() + 7_200_000).toISOString().slice(0, 19)
  await apply({
    windows: [{ name: 'later', time_zone: 'UTC', times: [{ from, until }], risks: ['destructive'], outside: 'wait' }],
  })
  const { id, approvalId } = await submit()
  const approved = await approve('olga', approvalId)
  assert.deepEqual([approved.state, approved.runs_at], ['approved', `${from}.000Z`])
  assert.equal(await state(id), 'pending_approval')
  const cancelled = await submit()
  await approve('olga', cancelled.approvalId)
  await client.call('invocations.cancel', { params: { id: cancelled.id } })
  await clock.leap(3_590_000)
  assert.equal(await state(id), 'pending_approval')
  while ((await state(id)) === 'pending_approval') await clock.advance(1_000)
  await finish()
  assert.equal(await state(id), 'completed')
  assert.equal(await state(cancelled.id), 'cancelled')
})

test('an owner runs a call alone with a reason, and another owner can review it', async () => {
  await apply({ stages: [{ approvers: sre, quorum: 2 }], break_glass: {} })
  const { id, approvalId } = await submit()
  const breakGlass = (name: string) =>
    as(name).call('approvals.breakGlass', { params: { id: approvalId }, body: { reason: 'the disk is full' } })
  await assert.rejects(breakGlass('sam'), { code: 'break_glass_not_allowed', message: /Only an owner/ })
  for (const reason of ['', ' \t', '\u200b\u00ad\u2800']) {
    const params = { id: approvalId }
    await assert.rejects(as('olga').call('approvals.breakGlass', { params, body: { reason } }), {
      code: 'invalid_body',
      param: 'reason',
    })
  }
  const broken = await breakGlass('olga')
  assert.deepEqual([broken.state, broken.note, broken.votes[0]?.vote], ['approved', 'the disk is full', 'break_glass'])
  await finish()
  assert.equal(await state(id), 'completed')
  const event = (await eventsOf(approvalId)).find(({ kind }) => kind === 'approval.broken_glass')
  assert.deepEqual(
    [event?.data.reason, event?.data.skipped],
    ['the disk is full', ['group sre', 'group sre or an owner']],
  )
  const due = async () =>
    (await client.call('approvals.list', { query: { status: 'all', review: 'due' } })).data.map((one) => one.id)
  assert.deepEqual(await due(), [approvalId])
  const review = (name: string) =>
    as(name).call('approvals.review', { params: { id: approvalId }, body: { note: 'it was right' } })
  await assert.rejects(review('olga'), { code: 'self_approval' })
  await assert.rejects(as('oleg').call('approvals.review', { params: { id: approvalId }, body: { note: ' \u200b' } }), {
    code: 'invalid_body',
    param: 'note',
  })
  assert.equal((await review('oleg')).reviewed_by, idOf('oleg'))
  assert.deepEqual(await due(), [])
  await apply({ stages: [{ approvers: sre }] })
  const other = await submit()
  await assert.rejects(
    as('olga').call('approvals.breakGlass', { params: { id: other.approvalId }, body: { reason: 'now' } }),
    { code: 'break_glass_not_allowed' },
  )
  await reject('sam', other.approvalId)
})

test('whoever was asked in any stage reviews what an owner ran alone; nobody else does', async () => {
  const stages = [{ approvers: sre, seconds: 60 }, { approvers: dba }]
  await apply({ stages, break_glass: {}, on_timeout_destructive: 'reject' })
  const broken = async () => {
    const { approvalId } = await submit()
    const body = { reason: 'nobody answers' }
    await as('olga').call('approvals.breakGlass', { params: { id: approvalId }, body })
    await finish()
    return approvalId
  }
  const review = (who: typeof client, id: string) =>
    who.call('approvals.review', { params: { id }, body: { note: 'it was right' } })
  const first = await broken()
  const others = {
    code: 'not_an_approver',
    message: /reviewed by group sre or an owner; group sre or group dba or an owner/,
  }
  await assert.rejects(review(as('mia'), first), others)
  const mine = { to: 'mia@example.com', ends_at: new Date(clock.now() + 86_400_000).toISOString() }
  await as('olga').call('delegations.create', { body: { kind: 'handover', ...mine } })
  await assert.rejects(review(as('mia'), first), others, 'in the place of whoever broke the glass')
  for (const [name, id] of [
    ['sam', first],
    ['dan', await broken()],
  ] as const) {
    assert.equal((await review(as(name), id)).reviewed_by, idOf(name))
  }
})
