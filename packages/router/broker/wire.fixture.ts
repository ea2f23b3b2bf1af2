// A router of the file's own, and honest agents by hand, for the tests of the wire.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { type BareAgent, bareAgent, enrollBare, manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { CallRef } from '@xerotier/protocol/frames/call/call-ref.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import pg from 'pg'

export let system: RouterForTests
export const agents: BareAgent[] = []

/** The file that calls it has a router of its own. Files may share this module, one by one. */
export function ownRouter(): void {
  before(async () => {
    system = await startRouterForTests()
  })
  after(async () => {
    for (const agent of agents.splice(0)) agent.close()
    await system.stop()
  })
}

let count = 0
export async function enrolled(tools = [toolOf('t_read')]) {
  const { keys, enrollment } = await enrollBare(system.client, `bare-${++count}`)
  const agent = bareAgent(keys, enrollment, tools)
  agents.push(agent)
  return { agent, keys, enrollment }
}

export async function serving(tools = [toolOf('t_read')], changes = {}) {
  const { agent, enrollment, keys } = await enrolled(tools)
  const workspace = `ws-${count}`
  await system.client.call('workspaces.create', { body: { name: workspace } })
  await system.client.call('workspaces.bind', { params: { id: workspace }, body: { agent: enrollment.agent_id } })
  await agent.open(changes)
  return { agent, enrollment, keys, workspace }
}

export const submit = (workspace: string, tool = 't_read', wait = 0) =>
  system.client.call('invocations.submit', { query: { wait }, body: { workspace, tool, args: {} } })
export const show = (id: string) => system.client.call('executions.show', { params: { id } })

export async function settledState(id: string): Promise<string> {
  for await (const event of system.client.events('executions.stream', { query: { execution_id: id } })) {
    const state = (JSON.parse(event.data || '{}') as { state?: string }).state
    if (state !== undefined && !['queued', 'dispatched', 'running', 'pending_approval'].includes(state)) return state
  }
  return 'none'
}

export const refOf = ({ execution_id, attempt, lease_epoch }: CallRef): CallRef => ({
  execution_id,
  attempt,
  lease_epoch,
})

export const resultOf = (call: CallRef, changes = {}) => ({
  t: 'result',
  ...refOf(call),
  outcome: 'completed',
  exit_code: 0,
  signal: null,
  error: null,
  result: { ok: true },
  started_at: Date.now(),
  finished_at: Date.now(),
  stdout_bytes: 0,
  stderr_bytes: 0,
  truncated: false,
  ...changes,
})

export const renewal = (agent: BareAgent, in_flight: unknown[] = [], tools = [toolOf('t_read')]) => ({
  t: 'lease_renewal',
  lease_epoch: agent.leaseEpoch,
  manifest_hash: manifestOf(tools).manifest_hash,
  manifest_version: 1,
  manifest: manifestOf(tools),
  in_flight,
  draining: false,
})

export const outputOf = (call: CallRef, seq: number, data = new Uint8Array(1)) => ({
  t: 'output',
  ...refOf(call),
  seq,
  stream: 'stdout',
  at: Date.now(),
  data,
})
export const artifactOf = (call: CallRef, seq: number, data = new Uint8Array(1)) => ({
  t: 'artifact',
  ...refOf(call),
  seq,
  name: 'stdout.log',
  media_type: 'text/plain',
  at: Date.now(),
  data,
})

/** Sends these frames, as many in a message as one may have. */
export async function sendAll(agent: BareAgent, frames: unknown[]): Promise<void> {
  for (let from = 0; from < frames.length; from += limits.framesPerMessage)
    await agent.send(frames.slice(from, from + limits.framesPerMessage))
}

/** Runs `work` with a connection of its own to the router's database. */
export async function withDatabase(work: (db: pg.Client) => Promise<void>): Promise<void> {
  const db = new pg.Client({ connectionString: system.database.url })
  await db.connect()
  try {
    await work(db)
  } finally {
    await db.end()
  }
}

/** Whether the router still serves: an honest agent gets a call through. */
export async function stillServes(): Promise<void> {
  const { agent, workspace } = await serving()
  const waiting = submit(workspace, 't_read', 60)
  await agent.send([resultOf(await agent.next('dispatch'))])
  assert.equal((await waiting).state, 'completed')
}
