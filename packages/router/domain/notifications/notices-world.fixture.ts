// A router whose clock stands still, an agent, and a receiver, for tests of who is told of what.
import type { TestContext } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type SettableClock, settableClock } from '@xerotier/devkit/settable-clock.ts'
import type { RouterOptions } from '../../router.ts'
import { type Receiver, startReceiver } from './receiver.fixture.ts'

export interface World {
  clock: SettableClock
  system: RouterForTests
  client: RouterForTests['client']
  serving: ServingAgent
  receiver: Receiver
  /** Asks for a call that waits for an approval. */
  ask(args?: Record<string, unknown>): Promise<{ id: string; approvalId: string }>
  /** Lets the follower come to all that has happened, and the outbox to all that it wrote. */
  settle(): Promise<void>
}

export async function world(t: TestContext, mail?: RouterOptions['mail']): Promise<World> {
  // A clock that stands still, but for the loops that look again.
  const clock = settableClock(Date.parse('2026-03-02T12:00:00Z'))
  const system = await startRouterForTests({ clock, mail, settings: { privateTargets: true } })
  const { client } = system
  const serving = await servingAgent(client, 'worker', 'ws', [toolOf('stop', { risk: 'destructive' })])
  t.after(async () => {
    serving.agent.close()
    const stopped = system.stop()
    let isStopped = false
    void stopped.then(() => {
      isStopped = true
    })
    while (!isStopped) await clock.advance(100)
    await stopped
  })
  const { pool } = system.router.core.store
  const settled = async () => {
    const { rows } = await pool.query<{ behind: number; pending: number }>(
      `
      select (select count(*) from events where (events.xid, events.seq) > (f.xid, f.seq)) as behind,
        (select count(*) from deliveries where state = 'pending' and next_attempt_at <= $1) as pending
      from followers as f where name = 'notifications'`,
      [new Date(clock.now())],
    )
    const [row] = rows
    return row !== undefined && row.behind === 0 && row.pending === 0
  }
  return {
    clock,
    system,
    client,
    serving,
    receiver: await startReceiver(t),
    async ask(args = {}) {
      const call = await client.call('invocations.submit', { body: { workspace: 'ws', tool: 'stop', args } })
      return { id: call.id, approvalId: call.approval_id! }
    },
    async settle() {
      await until('the follower and the outbox', async () => {
        await clock.advance(250)
        return (await settled()) || undefined
      })
    },
  }
}

export const slack = (client: World['client'], url: string, more = {}) =>
  client.call('channels.create', { body: { kind: 'slack', name: '#ops', url, ...more } })
/** Of what a chat was sent. */
export const headers = (receiver: Receiver) => receiver.received.map(({ body }) => body.blocks[0].text.text as string)

/** A member of the project, made behind the API's back. */
export async function member({ system }: World, id: string, role = 'member') {
  const { pool } = system.router.core.store
  const now = new Date(system.router.core.clock.now())
  const email = `${id}@example.com`
  await pool.query(
    `insert into users (id, email, email_key, name, created_at, updated_at) values ($1, $2, $2, $1, $3, $3)`,
    [id, email, now],
  )
  await pool.query(
    `insert into project_members (project_id, user_id, role, added_by, added_at) values ($1, $2, $3, 'test', $4)`,
    [system.projectId, id, role, now],
  )
}
