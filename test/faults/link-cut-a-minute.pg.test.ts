// The link is cut for a minute with the timings that everybody has: renewals every 10 s, a lease of
// 30 s, a grace of 60 s. Router and agent live on one clock that the test moves, so a minute takes
// as long as its duties do. Sockets, programs and Postgres are real, and their time with them:
// ZeroMQ's own heartbeats do not see the minute.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { type CutProxy, startCutProxy } from '@xerotier/devkit/faults/cut-proxy.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { settableClock } from '@xerotier/devkit/settable-clock.ts'

const renewalMs = 10_000
const leaseMs = 30_000
const graceMs = 60_000
const readGraceMs = 5_000
/** Duties look once a second. */
const dutyMs = 1_000

const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const name = 'minute-xem'
const clock = settableClock(Date.now())
let system: RouterForTests
let proxy: CutProxy
let agent: AgentForTests

before(async () => {
  system = await startRouterForTests({ clock })
  proxy = await startCutProxy(system.router.dataPlane)
  system.router.core.announcedAddress = proxy.address
  agent = await startAgentForTests(system.client, { name, clock, prepare: ({ tools }) => writeMarkBundle(tools) })
  await untilOnline()
  await system.client.call('workspaces.create', { body: { name: 'minute' } })
  await system.client.call('workspaces.bind', { params: { id: 'minute' }, body: { agent: name } })
  await until('the agent to serve the workspace', async () => {
    const { data } = await system.client.call('tools.list', { query: { workspace: 'minute' } })
    return data.length > 0 ? true : undefined
  })
})
after(async () => {
  proxy.heal()
  // Its grace waits on the clock too.
  let stopped = false
  const stopping = agent.stop().finally(() => {
    stopped = true
  })
  while (!stopped) await clock.advanceThroughWork(dutyMs)
  await stopping
  await system.stop()
  await proxy.close()
  rmSync(folder, { recursive: true, force: true })
})

const show = (id: string) => system.client.call('executions.show', { params: { id } })
const stateOf = async (id: string) => (await show(id)).state
const health = async () => (await system.client.call('agents.show', { params: { id: name } })).health
const online = () => system.router.core.fleet.get(system.projectId, agent.agent.agentId)
const lastHeard = () => online()?.lastHeartbeatAt ?? 0

/**
 * Moves time while the link stands: no further than
 * until the next renewal, which must be heard first.
 */
async function live(ms: number): Promise<void> {
  for (const end = clock.now() + ms; clock.now() < end; ) {
    await clock.advanceThroughWork(Math.min(dutyMs, end - clock.now()))
    await until('the renewal', () => (clock.now() - lastHeard() < renewalMs + 2 * dutyMs ? true : undefined))
  }
}

/** Moves time to `at`. */
const moveTo = (at: number) => clock.advanceThroughWork(at - clock.now())

/**
 * Redials and duties wait on the clock, handshakes and programs
 * for real time: a little of the one, then some of the other.
 */
async function inTime<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const end = clock.now() + graceMs; ; ) {
    const found = await until(what, look, 200).catch(() => undefined)
    if (found !== undefined) return found
    assert.ok(clock.now() < end, `a minute is over without ${what}`)
    await clock.advanceThroughWork(250)
  }
}

const untilOnline = () =>
  inTime('the agent', () => (online() !== undefined && agent.agent.link.state === 'online' ? true : undefined))

/** Right after a renewal, so that the lease has its whole time to go. @returns when that was */
async function cutAfterRenewal(): Promise<number> {
  const before = lastHeard()
  while (lastHeard() === before) await live(dutyMs)
  proxy.freeze()
  return lastHeard()
}

let count = 0
async function begin(tool: string, more: { ms?: number; gate?: string } = {}): Promise<{ id: string; file: string }> {
  const { client } = system
  const file = join(folder, `marks-${++count}`)
  const args = { file, ms: 0, ...more }
  const { id, approval_id } = await client.call('invocations.submit', { body: { workspace: 'minute', tool, args } })
  if (approval_id !== null) await client.call('approvals.approve', { params: { id: approval_id }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  return { id, file }
}

const untilEnded = (id: string) =>
  inTime('the end of the call', async () => {
    const execution = await show(id)
    return execution.finished_at === null ? undefined : execution
  })
const once = { started: 1, ended: 1 }

test('while the link stands, a minute passes and the lease is renewed', async () => {
  const epoch = online()?.leaseEpoch
  await live(graceMs)
  assert.equal(await health(), 'healthy')
  assert.equal(online()?.leaseEpoch, epoch)
})

test('a link that is silent for a minute: what runs through it completes once, and a read runs again', async () => {
  const gate = join(folder, 'gate-through')
  const through = await begin('mark_destructive', { gate })
  const gateOfEarly = join(folder, 'gate-early')
  const early = await begin('mark_destructive', { gate: gateOfEarly })
  const read = await begin('mark_read', { gate: gateOfEarly })
  const heard = await cutAfterRenewal()
  writeFileSync(gateOfEarly, '')
  // The agent gives a program that has ended some seconds
  // to be read out, on the clock that is about to leap.
  await until('the tools to end', () => agent.agent.running() === 1 || undefined)
  for (const { file } of [early, read]) assert.equal(marks(file).ended, 1)

  await moveTo(heard + leaseMs - dutyMs)
  assert.equal(await health(), 'healthy', 'its lease still lives')
  await moveTo(heard + leaseMs + dutyMs)
  assert.equal(await health(), 'offline')
  await moveTo(heard + leaseMs + readGraceMs - dutyMs)
  assert.notEqual(await stateOf(read.id), 'queued')
  await moveTo(heard + leaseMs + readGraceMs + 2 * dutyMs)
  assert.equal(await stateOf(read.id), 'queued')

  await moveTo(heard + graceMs)
  for (const { id } of [through, early]) assert.equal(await stateOf(id), 'running', 'nobody knows better yet')
  proxy.heal()
  await untilOnline()
  assert.ok(clock.now() < heard + leaseMs + graceMs, 'it is back within the grace')
  const settled = await untilEnded(early.id)
  assert.equal(settled.state, 'completed', 'its result waited for the link')
  const readAgain = await untilEnded(read.id)
  assert.deepEqual([readAgain.state, readAgain.attempt], ['completed', 2])
  await live(2 * renewalMs)
  assert.equal(await stateOf(through.id), 'running')
  writeFileSync(gate, '')
  assert.equal((await untilEnded(through.id)).state, 'completed')
  for (const { id, file } of [through, early]) {
    const record = await show(id)
    assert.deepEqual([record.attempt, record.stdout], [1, 'marked\n'])
    assert.deepEqual(marks(file), once)
  }
})

test('an agent that stays away makes its destructive call ambiguous when the grace is over, not before', async () => {
  const gate = join(folder, 'gate-away')
  const { id, file } = await begin('mark_destructive', { gate })
  const heard = await cutAfterRenewal()
  await moveTo(heard + leaseMs + graceMs - dutyMs)
  assert.equal(await stateOf(id), 'running')
  await moveTo(heard + leaseMs + graceMs + 2 * dutyMs)
  assert.equal(await stateOf(id), 'ambiguous')
  writeFileSync(gate, '')
  proxy.heal()
  await untilOnline()
  await inTime('the late answer', async () => ((await stateOf(id)) === 'completed' ? true : undefined))
  assert.deepEqual(marks(file), once)
})
