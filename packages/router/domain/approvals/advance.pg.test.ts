import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { policyWorld, sre } from '../policies/policy-world.fixture.ts'
import { advanceApprovals } from './advance.ts'

const world = await policyWorld()
const { clock, db, system, serving, apply, submit } = world
after(() => world.stop())

/** The approval over and over, as so many that were asked for at the same moment. */
async function manifold(approvalId: string, count: number): Promise<void> {
  const columns = sql.raw(
    `project_id, execution_id, workspace_id, tool, risk, tool_risk, state, args, prompt, digest, schema_digest,
     policy_version, requested_by, requested_at, expires_at, stage, stage_ends_at, asked`,
  )
  await sql`insert into approvals (id, ${columns}) select gen_random_uuid(), ${columns}
    from approvals, generate_series(1, ${sql.lit(count)}::int) where id = ${approvalId}`.execute(db)
}

const countOf = async (query: ReturnType<typeof sql<{ count: string }>>) =>
  Number((await query.execute(db)).rows[0]?.count)

test('ten thousand approvals that are due at once advance, each once, and calls go on meanwhile', async (t) => {
  await apply({
    stages: [
      { name: 'first', approvers: sre, seconds: 60 },
      { name: 'second', approvers: sre, seconds: 6_000 },
    ],
  })
  const { approvalId } = await submit()
  await manifold(approvalId, 9_999)
  clock.setWall(clock.now() + 61_000)
  const { core } = system.router
  const [cpu, started] = [process.cpuUsage(), performance.now()]
  let isDone = false
  const advancing = advanceApprovals(core).finally(() => {
    isDone = true
  })
  const waits: number[] = []
  while (!isDone) {
    const from = performance.now()
    const call = submit('look')
    await serving.answer(await serving.agent.next('dispatch'))
    await call
    waits.push(performance.now() - from)
  }
  await advancing
  const { user, system: kernel } = process.cpuUsage(cpu)
  const wall = performance.now() - started
  waits.sort((one, other) => one - other)
  t.diagnostic(
    `${Math.round(wall)} ms, ${Math.round((user + kernel) / 1000)} ms of CPU in this process; meanwhile ${waits.length} calls, ` +
      `the middle one took ${Math.round(waits[Math.floor(waits.length / 2)] ?? 0)} ms and the longest ${Math.round(waits.at(-1) ?? 0)} ms`,
  )
  assert.ok(waits.length > 5, 'calls are answered while it works')
  assert.equal(await countOf(sql`select count(*) from approvals where stage = 1 and state = 'pending'`), 10_000)
  const escalated = sql<{
    count: string
  }>`select count(distinct approval_id) from events where kind = 'approval.escalated'`
  assert.equal(await countOf(escalated), 10_000)
  assert.equal(await countOf(sql`select count(*) from events where kind = 'approval.escalated'`), 10_000)
})
