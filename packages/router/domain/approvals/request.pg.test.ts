import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { sql } from 'kysely'

let system: RouterForTests
let serving: ServingAgent

before(async () => {
  system = await startRouterForTests()
  serving = await servingAgent(system.client, 'approver', 'ws', [toolOf('stop', { risk: 'destructive' })])
})
after(async () => {
  serving.agent.close()
  await system.stop()
})

const ask = () => system.client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args: {} } })

test('numbers are shown as they run, however they were written, and what no number holds is refused', async () => {
  const submit = (args: string) =>
    fetch(`${system.router.url}/demo/v1/exec/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.apiKey}`, 'content-type': 'application/json' },
      body: `{"workspace":"ws","tool":"stop","args":${args}}`,
    })
  const answer = await submit('{"a":1e2,"b":1.0,"c":-0.50,"d":1E-7}')
  const { approval_id: id } = (await answer.json()) as { approval_id: string }
  const approval = await system.client.call('approvals.show', { params: { id } })
  assert.match(approval.prompt, /with \{"a":100,"b":1,"c":-0.5,"d":1e-7\}$/)
  await system.client.call('approvals.approve', { params: { id }, body: { digest: approval.digest } })
  const dispatch = await serving.agent.next('dispatch')
  assert.deepEqual(dispatch.args, { a: 100, b: 1, c: -0.5, d: 1e-7 })
  await serving.answer(dispatch)
  for (const [number, said] of [
    ['12345678901234567890', /args\.a/],
    ['9007199254740993', /args\.a/],
    ['0.1234567890123456789', /args\.a: the number 0\.1234567890123456789 would be read as/],
    ['1e400', /args\.a/],
  ] as const) {
    const refused = await submit(`{"a":${number}}`)
    assert.equal(refused.status, 400)
    assert.match(((await refused.json()) as { error: { message: string } }).error.message, said)
  }
})

test('a project may have as many open approvals as their limit says, and one more is refused and not stored', async () => {
  const { db } = system.router.core.store
  const { approval_id: id } = await ask()
  // As if it had been asked for over and over, but for the last.
  await sql`
    insert into approvals (id, project_id, execution_id, workspace_id, tool, risk, state, args, prompt, digest,
      schema_digest, policy_version, requested_by, requested_at, expires_at)
    select gen_random_uuid(), project_id, execution_id, workspace_id, tool, risk, state, args, prompt, digest,
      schema_digest, policy_version, requested_by, requested_at, expires_at
    from approvals, generate_series(1, ${sql.lit(limits.pendingApprovalsPerProject - 2)}::int) where id = ${id}`.execute(
    db,
  )

  const last = await ask()
  assert.equal(last.state, 'pending_approval')
  const stored = () => db.selectFrom('executions').select('id').where('state', '=', 'pending_approval').execute()
  assert.equal((await stored()).length, 2)
  await assert.rejects(ask(), {
    code: 'capacity_exceeded',
    status: 429,
    retryAfter: 60,
    message: `The project has ${limits.pendingApprovalsPerProject} approvals waiting for a decision, which is the limit.`,
  })
  assert.equal((await stored()).length, 2)

  await system.client.call('approvals.reject', { params: { id: last.approval_id! }, body: {} })
  // Of many who ask at once, one gets the place.
  const asked = await Promise.allSettled(Array.from({ length: 12 }, ask))
  assert.equal(asked.filter((one) => one.status === 'fulfilled').length, 1)
})
