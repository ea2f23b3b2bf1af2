import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { dba, policyWorld, sre } from './policy-world.fixture.ts'

const world = await policyWorld()
const { clock, client, system, serving, db, apply, submit, show, state, approve, reject, finish } = world
after(() => world.stop())

test('all that is wrong with a policy that is being written is told at once, with its place', async () => {
  const check = (document: Record<string, unknown>) => client.call('policies.check', { body: { document } })
  assert.deepEqual(await check({ stages: [{ approvers: sre }] }), {
    object: 'approval_policy_check',
    valid: true,
    problems: [],
  })
  const { valid, problems } = await check({
    quorum: 'many',
    rules: [
      { name: 'a', when: 'tol == "x"', then: { risk: 'destructive' } },
      { name: 'b', when: 'risk', then: {} },
    ],
  })
  assert.equal(valid, false)
  assert.deepEqual(
    problems.map(({ path, from, to }) => [path, from, to]),
    [
      ['rules.0.when', 0, 3],
      ['rules.1.when', null, null],
      ['quorum', null, null],
      ['rules.1.then', null, null],
    ],
  )
  const unknown = await check({ stages: [{ approvers: { groups: ['nobody'] } }] })
  assert.deepEqual(
    unknown.problems.map(({ path, message }) => [path, /no group nobody/.test(message)]),
    [['stages.0.approvers.groups', true]],
  )
  const { variables, functions } = await client.call('policies.words')
  assert.ok(variables.some(({ name, members }) => name === 'requester' && members.some((one) => one.name === 'email')))
  assert.ok(functions.some(({ name }) => name === 'startsWith'))
})

test('another policy voids what it would not have granted the same way, and asks again', async () => {
  await apply({ stages: [{ approvers: sre }] })
  const { id, approvalId } = await submit()
  const running = await submit('look')
  const dispatched = await serving.agent.next('dispatch')
  const tried = await apply({ stages: [{ approvers: dba }] }, { dry_run: true })
  assert.deepEqual(
    tried.pending.map(({ approval_id, outcome }) => [approval_id, outcome]),
    [[approvalId, 'asked_again']],
  )
  assert.equal((await show(approvalId)).state, 'pending', 'a dry run changes nothing')
  const same = await apply({ stages: [{ approvers: sre }], description: 'the same in other words' })
  assert.deepEqual(
    same.pending.map(({ outcome }) => outcome),
    ['stands'],
  )
  await apply({ stages: [{ approvers: dba }] })
  assert.equal((await show(approvalId)).state, 'voided')
  await assert.rejects(approve('sam', approvalId), { code: 'approval_voided' })
  const call = await client.call('executions.show', { params: { id } })
  assert.equal(call.state, 'pending_approval')
  const again = call.approval_id ?? ''
  assert.notEqual(again, approvalId)
  const asked = await show(again)
  assert.deepEqual([asked.state, asked.needs, asked.asked.version > 0], ['pending', ['group dba'], true])
  assert.notEqual(asked.digest, (await show(approvalId)).digest)
  await approve('dan', again)
  await serving.answer(dispatched)
  await finish()
  assert.deepEqual([await state(id), await state(running.id)], ['completed', 'completed'])
})

test('a policy that refuses what waits ends it, and one that asks nobody leaves it as it was', async () => {
  await apply({})
  const { id, approvalId } = await submit('label', { a: 1 }).then(async () => {
    await finish()
    return submit('stop', { a: 1 })
  })
  await apply({ rules: [{ name: 'no', when: 'tool == "stop"', then: { refuse: 'Not any more.' } }] })
  assert.deepEqual([await state(id), (await show(approvalId)).state], ['cancelled', 'voided'])
  const { error } = await client.call('executions.show', { params: { id } })
  assert.deepEqual([error?.code, /Not any more/.test(error?.message ?? '')], ['policy_refused', true])
})

test('of an approval and another policy at once, one is first and both hold', async () => {
  for (let turn = 0; turn < 5; turn++) {
    await apply({ stages: [{ approvers: sre }], description: `turn ${turn}` })
    const { id, approvalId } = await submit()
    const [vote, change] = await Promise.allSettled([
      approve('sam', approvalId),
      apply({ stages: [{ approvers: dba }], description: `turn ${turn}` }),
    ])
    assert.equal(change.status, 'fulfilled')
    if (vote.status === 'fulfilled') {
      await finish()
      assert.equal(await state(id), 'completed')
    } else {
      assert.equal(vote.reason.code, 'approval_voided')
      assert.equal(await state(id), 'pending_approval')
      await client.call('invocations.cancel', { params: { id } })
    }
  }
})

test('of two who change a policy at once, the one who had not seen the other is refused', async () => {
  const { policy } = await apply({ description: 'mine' })
  const seen = policy.version ?? 0
  await apply({ description: 'theirs' }, { ifMatch: seen })
  const conflict = { code: 'policy_conflict', status: 412, param: 'If-Match' }
  const is = `Version ${seen + 1} is the newest of the policy prod`
  await assert.rejects(apply({ description: 'late' }, { ifMatch: seen }), {
    ...conflict,
    message: `${is}, and you have seen ${seen}.`,
  })
  await assert.rejects(apply({ description: 'new' }, { ifMatch: 0 }), {
    ...conflict,
    message: `${is}, and you have seen none.`,
  })
  const unchanged = await apply({ description: 'theirs' })
  assert.deepEqual([unchanged.changed, unchanged.policy.version], [false, seen + 1])
})

test('the ETag of a policy is its newest version, draft or not, which If-Match takes', async () => {
  const { policy } = await apply({ description: 'tagged' })
  const version = policy.version ?? 0
  const etagOf = async (query = '') => {
    const headers = { authorization: `Bearer ${system.apiKey}` }
    const answer = await fetch(`${system.router.url}/demo/v1/approvals/policies/prod${query}`, { headers })
    assert.equal(answer.status, 200)
    return answer.headers.get('etag')
  }
  assert.deepEqual([await etagOf(), policy.newest_version], [`"${version}"`, version])
  const { policy: drafted } = await apply({ description: 'draft' }, { draft: true })
  assert.deepEqual(
    [await etagOf(), drafted.version, drafted.newest_version, await etagOf(`?version=${version}`)],
    [`"${version + 1}"`, version, version + 1, null],
  )
  await assert.rejects(apply({ description: 'unseen' }, { ifMatch: version }), {
    message: `Version ${version + 1} is the newest of the policy prod, and version ${version + 1} is its draft, and you have seen ${version}.`,
  })
  assert.equal((await apply({ description: 'seen' }, { ifMatch: version + 1 })).policy.version, version + 2)
})

test('a policy that names nobody who is there is refused, and each is named', async () => {
  const wrong = apply({
    stages: [{ approvers: { groups: ['sre', 'dbas'], users: ['nobody@example.com'] } }],
    rules: [{ name: 'a', when: 'true', then: { approvers: { service_keys: ['robot'] } } }],
  })
  await assert.rejects(wrong, {
    code: 'policy_invalid',
    param: 'stages.0.approvers.users',
    message: /member nobody@example.com.*group dbas.*service key robot/,
  })
  const typed = apply({ rules: [{ name: 'a', when: 'tool == 1', then: { quorum: 1 } }] })
  await assert.rejects(typed, { code: 'policy_invalid', param: 'rules.0.when' })
  await assert.rejects(
    client.call('policies.apply', { params: { policy: 'other' }, body: { workspace: 'prod', document: {} } }),
    {
      code: 'policy_conflict',
      param: 'workspace',
      message: 'The workspace prod has the policy prod already.',
    },
  )
  const whole = (policy: string) => client.call('policies.apply', { params: { policy }, body: { document: {} } })
  await whole('rest')
  await assert.rejects(whole('other'), {
    code: 'policy_conflict',
    param: 'workspace',
    message: 'The whole project has the policy rest already.',
  })
  await client.call('policies.delete', { params: { policy: 'rest' } })
})

test('a draft is compared with what happens, and decides once it is activated', async () => {
  await apply({})
  await clock.advance(5)
  const drafted = await apply(
    { rules: [{ name: 'looks', when: 'tool == "look"', then: { approvers: sre } }] },
    { draft: true },
  )
  assert.equal(drafted.policy.draft_version, (drafted.policy.version ?? 0) + 1)
  await clock.advance(5)
  const { approvalId } = await submit('look')
  assert.equal(approvalId, '', 'a draft decides nothing')
  await finish()
  await clock.advance(5)
  const shadow = await client.call('policies.shadow', { params: { policy: 'prod' } })
  assert.deepEqual(
    [shadow.calls, shadow.before, shadow.after],
    [1, { allow: 1, ask: 0, refuse: 0 }, { allow: 0, ask: 1, refuse: 0 }],
  )
  assert.deepEqual(shadow.changes[0]?.after, 'asks group sre (15 min)')
  assert.deepEqual(shadow.load.map(({ approver }) => approver).sort(), ['sam@example.com', 'sue@example.com'])
  await client.call('policies.activate', { params: { policy: 'prod' }, body: {} })
  const asked = await submit('look')
  assert.deepEqual((await show(asked.approvalId)).needs, ['group sre'])
  await reject('sam', asked.approvalId)
})

test('a policy is tried on a call, and says of each rule whether it matched and why', async () => {
  await apply({})
  const decision = await client.call('policies.test', {
    body: {
      workspace: 'prod',
      tool: 'stop',
      args: { ns: 'prod' },
      requester: 'sam@example.com',
      document: {
        rules: [
          { name: 'ns', when: 'args.ns == "prod" && "sre" in requester.groups', then: { approvers: dba, quorum: 2 } },
          { name: 'other', when: 'args.ns == "prod" && tool == "erase"', then: { refuse: 'no' } },
          { name: 'odd', when: 'args.gone == 1', then: { quorum: 1 } },
        ],
      },
    },
  })
  assert.deepEqual(
    decision.rules.map(({ name, matched, why }) => [name, matched, why]),
    [
      ['ns', true, 'asks 2 of group dba'],
      ['other', false, 'not true: tool == "erase"'],
      ['odd', true, 'it counts as matched, and as the strictest: field not found: gone'],
    ],
  )
  assert.deepEqual([decision.decision, decision.risk], ['ask', 'irreversible'])
  assert.deepEqual(decision.stages[0]?.needs, ['anyone who may decide approvals', 'group dba (2 of them)'])
})

test('a backtest counts what past calls would have met', async () => {
  await clock.advance(5)
  const since = new Date(clock.now()).toISOString()
  await clock.advance(5)
  await submit('look')
  await finish()
  const { approvalId } = await submit('stop', { a: 2 })
  await client.call('approvals.reject', { params: { id: approvalId }, body: {} })
  await clock.advance(5)
  const result = await client.call('policies.backtest', {
    body: {
      policy: 'prod',
      since,
      document: {
        rules: [
          { name: 'stops', when: 'tool == "stop"', then: { refuse: 'no' } },
          { name: 'looks', when: 'tool == "look"', then: { approvers: { users: ['mia@example.com'] } } },
        ],
      },
    },
  })
  assert.deepEqual(
    [result.before, result.after],
    [
      { allow: 1, ask: 1, refuse: 0 },
      { allow: 0, ask: 1, refuse: 1 },
    ],
  )
  assert.deepEqual(result.rules, [
    { name: 'stops', matched: 1, failed: 0 },
    { name: 'looks', matched: 1, failed: 0 },
  ])
  assert.deepEqual(result.load, [{ approver: 'mia@example.com', asked: 1 }])
})

test('a deleted policy leaves the default, and its versions stay', async () => {
  await apply({ stages: [{ approvers: sre }] })
  const { approvalId } = await submit()
  const deleted = await client.call('policies.delete', { params: { policy: 'prod' } })
  assert.deepEqual(
    deleted.pending.map(({ outcome }) => outcome),
    ['asked_again'],
  )
  assert.equal((await show(approvalId)).state, 'voided')
  await assert.rejects(db.deleteFrom('approval_policy_versions').execute(), /never change/)
  await assert.rejects(db.updateTable('approval_policy_versions').set({ note: 'x' }).execute(), /never change/)
  await assert.rejects(client.call('policies.show', { params: { policy: 'prod' } }), { code: 'policy_not_found' })
})

test('the versions of a deleted policy are read by its id, and by its name until another has it', async () => {
  await clock.advance(5)
  const { policy: first } = await apply({ description: 'one' })
  const from = first.version ?? 0
  const to = (await apply({ description: 'two' })).policy.version ?? 0
  await client.call('policies.delete', { params: { policy: 'prod' } })
  const read = async (policy: string) => {
    const { data } = await client.call('policies.versions', { params: { policy } })
    const { document } = await client.call('policies.show', { params: { policy }, query: { version: from } })
    const { differences } = await client.call('policies.diff', { params: { policy }, query: { from, to } })
    return [data.slice(0, 2).map(({ version, state }) => [version, state]), document.description, differences.length]
  }
  const expected = [
    [
      [to, 'past'],
      [from, 'past'],
    ],
    'one',
    1,
  ]
  assert.deepEqual([await read('prod'), await read(first.id)], [expected, expected])
  // Up to the version that decided last, where none is given.
  const last = await client.call('policies.diff', { params: { policy: first.id }, query: { from } })
  assert.deepEqual([last.to, last.differences.length], [to, 1])
  await assert.rejects(client.call('policies.show', { params: { policy: first.id } }), {
    code: 'policy_not_found',
    message: `The approval policy prod was deleted. Its versions 1 to ${to} are on record.`,
  })
  await apply({ description: 'three' })
  const { data } = await client.call('policies.versions', { params: { policy: 'prod' } })
  assert.deepEqual(
    data.map(({ version, state }) => [version, state]),
    [[1, 'active']],
  )
  assert.deepEqual(await read(first.id), expected)
  const other = client.call('policies.versions', { params: { policy: 'nobody' } })
  await assert.rejects(other, { code: 'policy_not_found' })
})
