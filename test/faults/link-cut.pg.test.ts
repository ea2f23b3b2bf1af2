// The link is cut for many times the lease. Work goes on at the agent, results arrive when the link
// is back, and no at-most-once call runs twice.
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
import { shiftedClock } from '@xerotier/devkit/shifted-clock.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const name = 'cut-xem'
/** The router's: a lease is over when the test says so, and not when a busy machine is late. */
const clock = shiftedClock()
const renewalMs = 2_000
let system: RouterForTests
let proxy: CutProxy
let agent: AgentForTests

before(async () => {
  system = await startRouterForTests({ clock, settings: { lostReadGraceMs: 300, lostAgentGraceMs: 60_000 } })
  proxy = await startCutProxy(system.router.dataPlane)
  system.router.core.announcedAddress = proxy.address
  agent = await startAgentForTests(system.client, {
    name,
    prepare: ({ tools }) => writeMarkBundle(tools),
    env: { XEM_LEASE_RENEWAL_INTERVAL_MS: String(renewalMs) },
  })
  await system.client.call('workspaces.create', { body: { name: 'cut' } })
  await system.client.call('workspaces.bind', { params: { id: 'cut' }, body: { agent: name } })
})
after(async () => {
  proxy.heal()
  await agent.stop()
  await system.stop()
  await proxy.close()
  rmSync(folder, { recursive: true, force: true })
})

const health = async () => (await system.client.call('agents.show', { params: { id: name } })).health
const untilHealth = (wanted: string) =>
  until(`the agent to be ${wanted}`, async () => ((await health()) === wanted ? true : undefined))
/** Ends the lease of an agent that is cut off: it lives three renewals. */
const untilOffline = () => {
  clock.shift(3 * renewalMs + 1)
  return untilHealth('offline')
}
const show = (id: string) => system.client.call('executions.show', { params: { id } })

const submit = (tool: string, file: string, ms: number, more: { gate?: string } = {}) =>
  system.client.call('invocations.submit', { body: { workspace: 'cut', tool, args: { file, ms, ...more } } })

async function begin(tool: string, file: string, ms: number, more?: { gate: string }): Promise<string> {
  const { id, approval_id } = await submit(tool, file, ms, more)
  if (approval_id !== null) await system.client.call('approvals.approve', { params: { id: approval_id }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  return id
}

const untilEnded = (id: string): Promise<ExecutionDetail> =>
  until('the call to end', async () => {
    const execution = await show(id)
    return execution.finished_at === null ? undefined : execution
  })

let count = 0
for (const cut of ['freeze', 'break'] as const) {
  test(`link ${cut}: a destructive call that runs through the cut completes, and ran once`, async () => {
    await untilHealth('healthy')
    const file = join(folder, `marks-${++count}`)
    const gate = `${file}-gate`
    const id = await begin('mark_destructive', file, 0, { gate })
    proxy[cut]()
    writeFileSync(gate, '')
    await until('the tool to end', () => (marks(file).ended === 1 ? true : undefined))
    await untilOffline()
    assert.ok(['dispatched', 'running'].includes((await show(id)).state), 'nobody knows better yet')
    proxy.heal()
    const execution = await untilEnded(id)
    assert.equal(execution.state, 'completed')
    assert.equal(execution.stdout, 'marked\n')
    assert.deepEqual(marks(file), { started: 1, ended: 1 })
  })

  test(`link ${cut}: a read is given again after the cut, and completes`, async () => {
    await untilHealth('healthy')
    const file = join(folder, `marks-${++count}`)
    const id = await begin('mark_read', file, 300)
    proxy[cut]()
    await untilOffline()
    proxy.heal()
    assert.equal((await untilEnded(id)).state, 'completed')
  })

  test(`link ${cut}: what is submitted before the router knows of the cut completes after it, and later it is refused`, async () => {
    await untilHealth('healthy')
    const file = join(folder, `marks-${++count}`)
    proxy[cut]()
    const { id } = await submit('mark_read', file, 0)
    await untilOffline()
    await assert.rejects(submit('mark_read', '/tmp/none', 0), { code: 'tool_executor_unavailable', status: 503 })
    proxy.heal()
    assert.equal((await untilEnded(id)).state, 'completed')
    assert.ok(marks(file).ended > 0)
  })
}

test('a call that was dispatched into a dying link and never arrived is given again, whatever its risk', async () => {
  await untilHealth('healthy')
  const file = join(folder, `marks-${++count}`)
  const { id, approval_id } = await submit('mark_destructive', file, 0)
  proxy.freeze()
  await system.client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  assert.equal((await show(id)).state, 'dispatched')
  proxy.break()
  await untilOffline()
  proxy.heal()
  const execution = await untilEnded(id)
  assert.equal(execution.state, 'completed')
  assert.equal(execution.attempt, 2)
  assert.deepEqual(marks(file), { started: 1, ended: 1 })
})

test('an at-most-once call whose agent stays away becomes ambiguous, and its late answer settles it', async () => {
  await untilHealth('healthy')
  system.router.core.settings.lostAgentGraceMs = 500
  const file = join(folder, `marks-${++count}`)
  const id = await begin('mark_destructive', file, 200)
  proxy.break()
  await until('the tool to end', () => (marks(file).ended === 1 ? true : undefined))
  await untilOffline()
  const doubtful = await until('the call to be ambiguous', async () => {
    const execution = await show(id)
    return execution.state === 'ambiguous' ? execution : undefined
  })
  assert.equal(doubtful.error?.code, 'execution_interrupted')
  proxy.heal()
  await until('the late answer', async () => ((await show(id)).state === 'completed' ? true : undefined))
  assert.deepEqual(marks(file), { started: 1, ended: 1 })
  assert.deepEqual(
    (await show(id)).transitions.map((move) => move.state).filter((state) => state !== 'running'),
    ['pending_approval', 'dispatched', 'ambiguous', 'completed'],
  )
})
