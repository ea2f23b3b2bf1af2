import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type PersonForTests, personForTests } from '@xerotier/devkit/person-for-tests.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import { callText, grantText } from '@xerotier/protocol/grant.ts'
import { sha256Hex } from '@xerotier/runtime/digest.ts'
import { verifyingKey, verifySignature } from '@xerotier/runtime/ed25519.ts'

type Client = RouterForTests['client']

let clock: SettableClock
let system: RouterForTests
let client: Client
let serving: ServingAgent
const tools = [toolOf('stop', { risk: 'destructive' }), toolOf('erase', { risk: 'irreversible' }), toolOf('look')]

before(async () => {
  clock = settableClock(Date.now())
  system = await startRouterForTests({ clock })
  client = system.client
  serving = await servingAgent(client, 'approver', 'ws', tools)
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

const submit = async (tool: string, by = client) => {
  const execution = await by.call('invocations.submit', { body: { workspace: 'ws', tool, args: { a: 1 } } })
  return { id: execution.id, approvalId: execution.approval_id! }
}
const approve = (id: string, body = {}, by = client) => by.call('approvals.approve', { params: { id }, body })
const reject = (id: string, body = {}, by = client) => by.call('approvals.reject', { params: { id }, body })
const state = async (id: string) => (await client.call('executions.show', { params: { id } })).state
const approvalState = async (id: string) => (await client.call('approvals.show', { params: { id } })).state

const person = (name: string, role: 'owner' | 'member' = 'member'): Promise<PersonForTests> =>
  personForTests(system.router.core, system.projectId, name, { scopes: ['execution', 'management'], role })

async function keyWith(scopes: Scope[], by = client): Promise<Client> {
  const { key } = await by.call('apiKeys.create', { body: { name: 'another', scopes } })
  return system.clientWith(key)
}

test('a read asks nobody, a destructive and an irreversible call do', async () => {
  const read = await client.call('invocations.submit', { body: { workspace: 'ws', tool: 'look', args: {} } })
  assert.equal(read.approval_id, null)
  await serving.answer(await serving.agent.next('dispatch'))
  for (const tool of ['stop', 'erase']) {
    const { id, approvalId } = await submit(tool)
    assert.equal(await state(id), 'pending_approval')
    const approval = await client.call('approvals.show', { params: { id: approvalId } })
    assert.equal(approval.confirm, tool === 'erase' ? 'erase' : null)
    await reject(approvalId, { note: 'not today' })
  }
})

test('a reason and a note that say nothing are none', async () => {
  const body = { workspace: 'ws', tool: 'stop', args: {}, reason: ' \u200b ' }
  const { id, reason, approval_id } = await client.call('invocations.submit', { body })
  const { note, votes } = await approve(approval_id ?? '', { note: ' \n' })
  assert.deepEqual([reason, note, votes[0]?.note], [null, null, null])
  await serving.answer(await serving.agent.next('dispatch'))
  assert.equal(await state(id), 'completed')
})

test('approving and cancelling at once do not block each other', async () => {
  for (let i = 0; i < 10; i++) {
    const { id, approvalId } = await submit('stop')
    const [approved, cancelled] = await Promise.allSettled([
      approve(approvalId),
      client.call('invocations.cancel', { params: { id } }),
    ])
    assert.equal(cancelled.status, 'fulfilled')
    if (approved.status === 'rejected') assert.equal(approved.reason.code, 'approval_already_decided')
    else await serving.answer(await serving.agent.next('dispatch'), { outcome: 'cancelled' })
    assert.equal(await state(id), 'cancelled')
  }
})

test('the grant that the agent gets covers exactly what was approved', async () => {
  const { id, approvalId } = await submit('stop')
  const approved = await approve(approvalId, { note: 'go' })
  assert.equal(approved.note, 'go')
  const call = await serving.agent.next('dispatch')
  const { execution_id, project_id, tool, schema_digest, args, credentials_ref, risk, policy_version, grant } = call
  const digest = sha256Hex(
    callText({
      execution_id,
      project_id,
      workspace_id: call.workspace.workspace_id,
      tool,
      schema_digest,
      args,
      credentials_ref,
      risk,
      policy_version,
    }),
  )
  assert.equal(digest, approved.digest)
  assert.equal(call.digest, digest)
  assert.equal(grant?.digest, digest)
  assert.equal(grant.approval_id, approvalId)
  const key = verifyingKey(system.router.core.identity.signing.publicKey)
  assert.ok(verifySignature(key, Buffer.from(grantText(grant)), grant.signatures[0]!.signature))
  await serving.answer(call)
  assert.equal(await state(id), 'completed')
})

test('an irreversible call is approved only by typing the name of its tool', async () => {
  const { id, approvalId } = await submit('erase')
  for (const confirm of [undefined, 'yes', 'ERASE', 'stop']) {
    await assert.rejects(approve(approvalId, confirm === undefined ? {} : { confirm }), {
      code: 'confirmation_required',
      param: 'confirm',
    })
  }
  assert.equal(await state(id), 'pending_approval')
  await approve(approvalId, { confirm: 'erase' })
  await serving.answer(await serving.agent.next('dispatch'))
})

test('whoever types the name of another tool approves nothing, whatever the risk', async () => {
  const { id, approvalId } = await submit('stop')
  for (const confirm of ['erase', 'STOP', '']) {
    await assert.rejects(approve(approvalId, { confirm }), {
      code: 'confirmation_required',
      param: 'confirm',
      message: /not the tool of this call: .* stop\.$/,
    })
  }
  assert.equal(await state(id), 'pending_approval')
  await approve(approvalId, { confirm: 'stop' })
  await serving.answer(await serving.agent.next('dispatch'))
})

test('a rejected call never runs, and its note stays', async () => {
  const { id, approvalId } = await submit('stop')
  const rejected = await reject(approvalId, { note: 'wrong host' })
  assert.deepEqual([rejected.state, rejected.note], ['rejected', 'wrong host'])
  assert.equal(await state(id), 'rejected')
  await assert.rejects(approve(approvalId), { code: 'approval_already_decided' })
  assert.equal(
    serving.agent.waiting.some((frame) => frame.t === 'dispatch'),
    false,
  )
})

test('of many decisions at once exactly one counts', async () => {
  const { id, approvalId } = await submit('stop')
  const answers = await Promise.allSettled(
    Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? approve(approvalId) : reject(approvalId))),
  )
  const won = answers.filter((answer) => answer.status === 'fulfilled')
  assert.equal(won.length, 1)
  for (const answer of answers)
    if (answer.status === 'rejected') assert.equal(answer.reason.code, 'approval_already_decided')
  if ((await approvalState(approvalId)) === 'approved') await serving.answer(await serving.agent.next('dispatch'))
  else assert.equal(await state(id), 'rejected')
})

test('a cancelled call cannot be approved any more', async () => {
  const { id, approvalId } = await submit('stop')
  await client.call('invocations.cancel', { params: { id } })
  assert.deepEqual([await state(id), await approvalState(approvalId)], ['cancelled', 'cancelled'])
  await assert.rejects(approve(approvalId), { code: 'approval_already_decided' })
})

test('requesters cannot approve their own calls, nor with a key that they made, unless the project allows it', async () => {
  await client.call('project.update', { body: { allow_self_approval: false } })
  const operator = await keyWith(['execution', 'management'])
  const byOperator = await submit('stop', operator)
  await assert.rejects(approve(byOperator.approvalId, {}, operator), {
    code: 'self_approval',
    message: 'Requesters cannot approve their own calls: the project says `allow_self_approval: false`.',
  })
  const puppet = await keyWith(['execution'], operator)
  await assert.rejects(approve(byOperator.approvalId, {}, puppet), { code: 'self_approval' })
  const deeper = await keyWith(['execution', 'management'], operator).then((key) => keyWith(['execution'], key))
  await assert.rejects(approve(byOperator.approvalId, {}, deeper), { code: 'self_approval' })
  assert.equal(await state(byOperator.id), 'pending_approval')
  const reviewer = await keyWith(['execution'])
  assert.equal((await approve(byOperator.approvalId, {}, reviewer)).state, 'approved')
  await serving.answer(await serving.agent.next('dispatch'))

  const own = await submit('stop', operator)
  assert.equal((await reject(own.approvalId, {}, operator)).state, 'rejected', 'one may take back what one asked for')
  await client.call('project.update', { body: { allow_self_approval: true } })
  const allowed = await submit('stop', operator)
  assert.equal((await approve(allowed.approvalId, {}, operator)).state, 'approved')
  await serving.answer(await serving.agent.next('dispatch'))
})

test('a decision over another digest than the one seen is refused', async () => {
  const { approvalId } = await submit('stop')
  for (const decide of [approve, reject]) {
    await assert.rejects(decide(approvalId, { digest: '0'.repeat(64) }), {
      code: 'approval_voided',
      param: 'digest',
      message: /stays pending/,
    })
    assert.equal(await approvalState(approvalId), 'pending')
  }
  const { digest } = await client.call('approvals.show', { params: { id: approvalId } })
  await approve(approvalId, { digest })
  await serving.answer(await serving.agent.next('dispatch'))
})

test('what changed in the record after it was asked for voids the approval', async () => {
  const { store } = system.router.core
  for (const change of [
    { args: JSON.stringify({ a: 2 }) },
    { policy_version: 2 },
    { risk: 'read' as const },
    { tool: 'erase' },
  ]) {
    const { id, approvalId } = await submit('stop')
    await store.db.updateTable('executions').set(change).where('id', '=', id).execute()
    await assert.rejects(approve(approvalId), { code: 'approval_voided' })
    assert.deepEqual([await state(id), await approvalState(approvalId)], ['cancelled', 'voided'])
    await assert.rejects(approve(approvalId), { code: 'approval_voided' })
  }
  assert.equal(
    serving.agent.waiting.some((frame) => frame.t === 'dispatch'),
    false,
  )
})

test('a tool that changed at its agents voids the approval, before and after it was given', async () => {
  const before = await submit('stop')
  const after = await submit('stop')
  const changed = tools.map((tool) =>
    tool.name === 'stop'
      ? toolOf('stop', { risk: 'destructive', input_schema: { type: 'object', maxProperties: 5 } })
      : tool,
  )
  const publish = async (list: typeof tools, version: number) => {
    const manifest = manifestOf(list, version)
    await serving.agent.send([
      {
        t: 'lease_renewal',
        lease_epoch: serving.agent.leaseEpoch,
        manifest_hash: manifest.manifest_hash,
        manifest_version: version,
        manifest,
        in_flight: [],
        draining: false,
      },
    ])
    await serving.agent.next('lease')
  }
  // Approved while its agent is paused: it waits, as it was.
  await client.call('agents.pause', { params: { id: 'approver' }, body: {} })
  await approve(after.approvalId)
  assert.equal(await state(after.id), 'queued')
  await publish(changed, 2)
  await assert.rejects(approve(before.approvalId), { code: 'approval_voided' })
  await client.call('agents.resume', { params: { id: 'approver' }, body: {} })
  for (;;) {
    const execution = await client.call('executions.show', { params: { id: after.id } })
    if (execution.state === 'queued') continue
    assert.deepEqual([execution.state, execution.error?.code], ['cancelled', 'approval_voided'])
    assert.equal(execution.approvals[0]?.state, 'voided')
    break
  }
  assert.equal(
    serving.agent.waiting.some((frame) => frame.t === 'dispatch'),
    false,
  )
  await publish(tools, 3)
})

test('silence expires: on read, when deciding, and by the timer', async () => {
  const { id, approvalId } = await submit('stop')
  // Past its end, and before the timer has come to it.
  await system.router.core.store.db
    .updateTable('approvals')
    .set({ expires_at: new Date(clock.now() - 1) })
    .where('id', '=', approvalId)
    .execute()
  assert.equal(await approvalState(approvalId), 'expired')
  await assert.rejects(approve(approvalId), { code: 'approval_expired' })
  assert.equal(await state(id), 'expired')

  const { id: other, approvalId: otherApproval } = await submit('erase')
  await clock.leap(3_599_000)
  assert.equal(await state(other), 'pending_approval')
  await clock.advance(2_500)
  while ((await state(other)) === 'pending_approval') await clock.advance(1_000)
  assert.equal(await state(other), 'expired')
  await assert.rejects(approve(otherApproval, { confirm: 'erase' }), { code: 'approval_expired' })
})

test('who decided is the person, by which key and through which door, in the record and in the events', async () => {
  const [anna, ben] = [await person('anna', 'owner'), await person('ben', 'owner')]
  const { id, approvalId } = await submit('stop', system.clientWith(anna.key))
  await client.call('project.update', { body: { allow_self_approval: false } })
  await assert.rejects(approve(approvalId, {}, system.clientWith(anna.key)), { code: 'self_approval' })
  await client.call('project.update', { body: { allow_self_approval: true } })
  const decided = await approve(approvalId, {}, system.clientWith(ben.key))
  const expected = {
    ...{ requested_by: anna.id, requested_by_name: 'anna', requested_key: anna.keyId, requested_door: 'api' },
    ...{ decided_by: ben.id, decided_by_name: 'ben', decided_key: ben.keyId, decided_door: 'api' },
  }
  const approval = await client.call('approvals.show', { params: { id: approvalId } })
  for (const one of [decided, approval]) assert.deepEqual({ ...one, ...expected }, one)
  const events = await system.router.core.store.db
    .selectFrom('events')
    .select(['kind', 'actor', 'actor_key', 'door'])
    .where('approval_id', '=', approvalId)
    .where('kind', 'in', ['approval.requested', 'approval.approved'])
    .orderBy('kind', 'desc')
    .execute()
  assert.deepEqual(events, [
    { kind: 'approval.requested', actor: anna.id, actor_key: anna.keyId, door: 'api' },
    { kind: 'approval.approved', actor: ben.id, actor_key: ben.keyId, door: 'api' },
  ])
  await serving.answer(await serving.agent.next('dispatch'))
  const record = await client.call('executions.show', { params: { id } })
  assert.deepEqual([record.requested_by, record.requested_key], [anna.id, anna.keyId])
})
