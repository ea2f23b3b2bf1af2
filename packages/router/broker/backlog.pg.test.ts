// What one agent may make the router hold for it, whatever it sends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BareAgent } from '@xerotier/devkit/bare-agent.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type pg from 'pg'
import {
  artifactOf,
  outputOf,
  ownRouter,
  renewal,
  resultOf,
  sendAll,
  serving,
  settledState,
  show,
  stillServes,
  submit,
  system,
  withDatabase,
} from './wire.fixture.ts'

ownRouter()

/** Holds a table, so that whatever is to be stored in it waits, until `work` is done. */
const holding = (table: string, work: (db: pg.Client) => Promise<void>) =>
  withDatabase(async (db) => {
    await db.query(`begin; lock table ${table} in access exclusive mode`)
    await work(db)
    await db.query('commit')
  })

/** Everything that the agent sent before has been read by then. */
async function readUpToHere(agent: BareAgent): Promise<void> {
  await agent.send([renewal(agent)])
  await agent.next('lease')
}

const pieces = (call: CallRef, count: number, piece: (call: CallRef, seq: number) => unknown = outputOf) =>
  Array.from({ length: count }, (_, seq) => piece(call, seq))

async function acknowledged(agent: BareAgent, call: CallRef, seq: number): Promise<void> {
  for (;;) {
    const ack = await agent.next('output_ack')
    if (ack.execution_id === call.execution_id && ack.seq === seq) return
  }
}

test("an agent's output takes no more than its share of the group commit", { timeout: 180_000 }, async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  await holding('execution_output', async () => {
    await sendAll(agent, [...pieces(call, 2_000), resultOf(call)])
    await readUpToHere(agent)
    assert.equal(system.router.core.lanes.depth, limits.commitsPerSession)
  })
  await acknowledged(agent, call, 1_999)
  // The result waited for its turn behind them, so nothing of them is lost.
  assert.equal(await settledState(id), 'completed')
  assert.equal((await show(id)).stdout.length, 2_000)
})

test('a result does not stand behind what another call of its agent prints', { timeout: 180_000 }, async () => {
  const { agent, workspace } = await serving()
  const [printing, other] = [await submit(workspace), await submit(workspace)]
  const calls = [await agent.next('dispatch'), await agent.next('dispatch')]
  const callOf = ({ id }: { id: string }) => calls.find(({ execution_id }) => execution_id === id)!
  await holding('execution_output', async () => {
    await sendAll(agent, [...pieces(callOf(printing), 2_000), resultOf(callOf(other))])
    const ack = await agent.next('result_ack')
    assert.deepEqual([ack.execution_id, ack.ok], [other.id, true])
    await agent.send([resultOf(callOf(printing))])
  })
  assert.equal(await settledState(printing.id), 'completed')
  assert.equal((await show(printing.id)).stdout.length, 2_000)
})

test('artifacts of an agent are stored one at a time, and others find the database free', {
  timeout: 180_000,
}, async () => {
  const { agent, workspace } = await serving()
  const { id } = await submit(workspace)
  const call = await agent.next('dispatch')
  await holding('artifact_chunks', async (db) => {
    await sendAll(agent, pieces(call, 200, artifactOf))
    await readUpToHere(agent)
    const { rows } = await db.query(
      "select pid from pg_locks where not granted and relation = 'artifact_chunks'::regclass and database = (select oid from pg_database where datname = current_database())",
    )
    assert.ok(rows.length <= 1, `${rows.length} wait for the table`)
    assert.equal(system.router.core.store.pool.waitingCount, 0)
    await system.client.call('executions.list')
  })
  await acknowledged(agent, call, 199)
  await agent.send([resultOf(call)])
  assert.equal((await agent.next('result_ack')).ok, true)
  assert.equal((await show(id)).artifacts[0]?.bytes, 200)
})

for (const [much, piece, most] of [
  ['many frames', outputOf, limits.unhandledFramesPerSession],
  [
    'many bytes',
    (call: CallRef, seq: number) => artifactOf(call, seq, new Uint8Array(limits.outputFrameBytes)),
    limits.unhandledBytesPerSession / limits.outputFrameBytes,
  ],
] as const) {
  test(`an agent that leaves too ${much} waiting loses its session, and the others go on`, {
    timeout: 180_000,
  }, async () => {
    const { agent, enrollment, workspace } = await serving(undefined, { max_concurrent_executions: 32 })
    const bytes = piece({ execution_id: '', attempt: 1, lease_epoch: 1 }, 0).data.length
    const ofOneCall = limits.outputTotalBytes / Math.max(bytes, limits.outputPieceLeastBytes)
    const calls: CallRef[] = []
    for (let n = 0; n * ofOneCall <= most; n++) {
      await submit(workspace)
      calls.push(await agent.next('dispatch'))
    }
    await holding('execution_output, artifact_chunks', async () => {
      // A message holds 4 MiB.
      const perMessage = Math.min(limits.framesPerMessage, Math.floor((3 * 1024 * 1024) / bytes))
      for (const call of calls) {
        const all = pieces(call, ofOneCall, piece)
        for (let from = 0; from < all.length; from += perMessage) await agent.send(all.slice(from, from + perMessage))
      }
      await agent.next('session_refused')
      const online = system.router.core.fleet.inProject(system.projectId).map(({ id }) => id)
      assert.ok(!online.includes(enrollment.agent_id))
    })
    await stillServes()
  })
}
