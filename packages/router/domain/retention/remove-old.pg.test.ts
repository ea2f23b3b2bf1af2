import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExecutionState } from '@xerotier/protocol/lifecycles/execution.ts'
import { removeBatch } from './remove-batch.ts'
import { retentionWorld } from './retention-world.fixture.ts'

test('each kind goes when its time is over, and one event says how much of it', async (t) => {
  const world = await retentionWorld(t)
  const artifacts = { 'report.txt': 'a report', 'stdout.log': 'what did not fit' }
  const oldest = await world.call(100, { output: 'words', artifacts })
  const older = await world.call(40, { output: 'words', artifacts })
  const young = await world.call(20, { output: 'words', artifacts })
  await world.removeAll()
  assert.deepEqual(await world.left('executions'), [older, young])
  assert.deepEqual(await world.left('execution_output'), [young])
  assert.deepEqual(await world.left('artifacts'), [young])
  assert.deepEqual(await world.told(), [{ executions: 1, output: 2, artifacts: 2, bytes: 58 }])
  await world.removeAll()
  assert.equal((await world.told()).length, 1, 'nothing more was removed')
  assert.ok(oldest < older)
})

test('approvals stay when their calls go', async (t) => {
  const world = await retentionWorld(t)
  const call = await world.call(100)
  const approval = await world.approval(call, { state: 'approved' })
  await world.removeAll()
  assert.deepEqual([await world.left('executions'), await world.left('approvals')], [[], [approval]])
})

test('what goes on, or waits for somebody, stays with all that it has', async (t) => {
  const world = await retentionWorld(t)
  const states: ExecutionState[] = ['pending_approval', 'queued', 'dispatched', 'running', 'ambiguous']
  const open = await Promise.all(states.map((state) => world.call(400, { state, output: 'words' })))
  const asked = await world.call(400, { output: 'words' })
  await world.approval(asked, { state: 'pending' })
  const unreviewed = await world.call(400, { output: 'words' })
  await world.approval(unreviewed, { state: 'approved', review_due_at: new Date(0) })
  const endedLate = await world.call(400, { endedDaysAgo: 10, output: 'words' })
  await world.removeAll()
  const all = [...open, asked, unreviewed, endedLate].sort()
  assert.deepEqual([await world.left('executions'), await world.left('execution_output')], [all, all])

  // Resolved long ago, decided, reviewed.
  const { db } = world
  await db.updateTable('executions').set({ state: 'failed' }).where('state', '=', 'ambiguous').execute()
  await db.updateTable('approvals').set({ state: 'rejected' }).where('state', '=', 'pending').execute()
  await db.updateTable('approvals').set({ reviewed_at: new Date() }).where('review_due_at', 'is not', null).execute()
  await world.removeAll()
  const still = [...open.slice(0, 4), endedLate].sort()
  assert.deepEqual([await world.left('executions'), await world.left('execution_output')], [still, still])
})

test('output that stayed when its time came goes when nothing needs it any more', async (t) => {
  const world = await retentionWorld(t)
  const call = await world.call(60, { state: 'ambiguous', output: 'words' })
  await world.call(50, { output: 'words' })
  await world.removeAll()
  assert.deepEqual(await world.left('execution_output'), [call])
  await world.db.updateTable('executions').set({ state: 'completed' }).where('id', '=', call).execute()
  await world.removeAll()
  assert.deepEqual(await world.left('execution_output'), [])
  assert.equal((await world.left('executions')).length, 2)
  assert.deepEqual(await world.db.selectFrom('retention_kept').selectAll().execute(), [])
})

test('nothing is removed while an incident is open', async (t) => {
  const world = await retentionWorld(t)
  await world.call(400, { output: 'words', artifacts: { 'a.txt': 'a' } })
  const incident = await world.incident()
  await world.removeAll()
  assert.equal((await world.left('artifacts')).length, 1)
  await incident.end()
  await world.removeAll()
  assert.deepEqual(await world.left('executions'), [])
})

test('a project that keeps everything loses nothing, whatever others do', async (t) => {
  const world = await retentionWorld(t)
  const forever = { executions_days: null, output_days: null, artifacts_days: null, events_days: null }
  await world.insertProject('proj_b', forever)
  await world.insertProject('proj_c', { ...forever, output_days: 7 })
  const kept = await world.call(4000, { projectId: 'proj_b', output: 'words' })
  const silent = await world.call(4000, { projectId: 'proj_c', output: 'words' })
  await world.call(4000, { output: 'words' })
  await world.removeAll()
  assert.deepEqual(await world.left('executions'), [kept, silent].sort())
  assert.deepEqual(await world.left('execution_output'), [kept])
  assert.deepEqual(await world.told('proj_c'), [{ output: 1, bytes: 5 }])
})

test('a remover that is killed at any batch leaves the rest to the next, and all is told once', async (t) => {
  const world = await retentionWorld(t)
  for (let n = 0; n < 12; n++) await world.call(100 - n, { output: 'words', artifacts: { 'a.txt': 'abc' } })
  const young = await world.call(1, { output: 'words' })
  let deaths = 0
  for (let isDone = false; !isDone; ) {
    const remover = world.mortal({ calls: 2, bytes: 1_000_000 }, 3 + deaths)
    isDone = await remover.work().then(
      () => true,
      () => false,
    )
    if (!isDone) deaths++
  }
  assert.ok(deaths > 3, `it was killed ${deaths} times`)
  assert.equal((await world.left('executions')).length, 3)
  assert.deepEqual(await world.left('execution_output'), [young])
  const sums: Record<string, unknown> = {}
  for (const data of await world.told())
    for (const [what, count] of Object.entries(data)) sums[what] = Number(sums[what] ?? 0) + Number(count)
  assert.deepEqual(sums, { executions: 10, output: 12, artifacts: 12, bytes: 96 })
})

test('a batch ends at its bytes, and one that is larger than that goes alone', async (t) => {
  const world = await retentionWorld(t)
  const calls: string[] = []
  for (const length of [10, 10, 100, 1, 1]) calls.push(await world.call(400, { output: 'x'.repeat(length) }))
  const walk = { projectId: world.project, what: 'output', which: 'fresh' } as const
  const ends: (string | null)[] = []
  for (let done = false, after: string | null | undefined; !done; ) {
    ;({ after, done } = await removeBatch(world.core, walk, after, { calls: 10, bytes: 20 }))
    ends.push(after)
  }
  assert.deepEqual(ends, [calls[1], calls[2], calls[4]])
  assert.deepEqual(await world.left('execution_output'), [])
})

test('a clock of the router that runs ahead removes nothing', async (t) => {
  const world = await retentionWorld(t)
  const call = await world.call(1, { output: 'words' })
  world.core.clock = { ...world.core.clock, now: () => Date.now() + 4000 * 24 * 3_600_000 }
  await world.removeAll()
  assert.deepEqual(await world.left('execution_output'), [call])
})

test('it gives way while calls wait for the database, but not for ever', async (t) => {
  const world = await retentionWorld(t)
  await world.call(400)
  world.core.lanes.depth = 1_000
  const remover = world.remover()
  await remover.work()
  assert.equal((await world.left('executions')).length, 1)
  for (let times = 0; times < 4; times++) await remover.work()
  assert.equal((await world.left('executions')).length, 0)
})
