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
  const stored = () => db.selectFrom('executions').select('id').execute()
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
