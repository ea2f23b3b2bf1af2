// A backup is older than what agents know: what may run only once runs no second time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { servingAgent } from '@xerotier/devkit/serving-agent.ts'
import pg from 'pg'

/** As a dump that is restored beside the database. */
async function backUp(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const original = new URL(url)
  const name = original.pathname.slice(1)
  const copy = `${name}_copy`
  const run = async (statement: string) => {
    const other = new URL(url)
    other.pathname = '/postgres'
    const client = new pg.Client({ connectionString: other.href })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await run(`create database ${copy} template ${name}`)
  original.pathname = `/${copy}`
  return { url: original.href, drop: () => run(`drop database ${copy} with (force)`) }
}

test('calls that ran after the backup become ambiguous in it, and no agent is given one again', async (t) => {
  const system = await startRouterForTests()
  t.after(() => system.stop())
  const tools = [
    toolOf('kill', { risk: 'write', idempotent: false }),
    toolOf('look'),
    toolOf('drop', { risk: 'destructive' }),
  ]
  const worker = await servingAgent(system.client, 'worker', 'lab', tools, { max_concurrent_executions: 1 })
  const submit = (tool: string) =>
    system.client.call('invocations.submit', { body: { workspace: 'lab', tool, args: {} } })
  // One is with the agent, one waits for it, one for an approval, and one may run again.
  const running = await submit('kill')
  const call = await worker.agent.next('dispatch')
  const queued = await submit('kill')
  const asked = await submit('drop')
  const again = await submit('look')
  assert.deepEqual([queued.state, asked.state, again.state], ['queued', 'pending_approval', 'queued'])
  worker.agent.close()
  await system.router.stop()
  const backup = await backUp(system.database.url)
  t.after(backup.drop)

  // The agent ends the first after the backup, and the router has it.
  await system.restart()
  const later = worker.again(tools)
  const { execution_id, attempt, lease_epoch } = call
  await later.open({
    max_concurrent_executions: 1,
    in_flight: [{ execution_id, attempt, lease_epoch, status: 'running' }],
  })
  await later.send([
    {
      ...{
        t: 'result',
        execution_id,
        attempt,
        lease_epoch,
        outcome: 'completed',
        exit_code: 0,
        signal: null,
        error: null,
      },
      ...{ result: null, started_at: Date.now(), finished_at: Date.now() },
      ...{ stdout_bytes: 0, stderr_bytes: 0, truncated: false },
    },
  ])
  await later.next('result_ack')
  later.close()

  await system.restart({ databaseUrl: backup.url })
  const states = async () =>
    Promise.all(
      [running, queued, asked, again].map(
        async ({ id }) => (await system.client.call('executions.show', { params: { id } })).state,
      ),
    )
  assert.deepEqual(await states(), ['ambiguous', 'ambiguous', 'ambiguous', 'queued'])
  const { data } = await system.client.call('approvals.list', { query: { status: 'all' } })
  assert.deepEqual(
    data.map(({ state }) => state),
    ['voided'],
  )
  const after = worker.again(tools)
  t.after(() => after.close())
  await after.open({ max_concurrent_executions: 1, in_flight: [] })
  // Of all of them only the one that may run again comes.
  assert.equal((await after.next('dispatch')).execution_id, again.id)
  assert.deepEqual(
    after.waiting.filter(({ t: type }) => type === 'dispatch'),
    [],
  )
  // It is a copy once: what begins in it now is no matter of the backup.
  await system.restart({ databaseUrl: backup.url })
  const events = await system.router.core.store.db
    .selectFrom('events')
    .select('kind')
    .where('kind', '=', 'project.restored')
    .execute()
  assert.equal(events.length, 1)
})
