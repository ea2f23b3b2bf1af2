// The link is cut for many times the lease. Work goes on at the agent, results arrive when the link
// is back, and no at-most-once call runs twice.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { type CutProxy, startCutProxy } from '@xerotier/devkit/faults/cut-proxy.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const name = 'cut-xem'
let system: RouterForTests
let proxy: CutProxy
let agent: AgentForTests

before(async () => {
  system = await startRouterForTests({ settings: { lostReadGraceMs: 300, lostAgentGraceMs: 60_000 } })
  proxy = await startCutProxy(system.router.dataPlane)
  system.router.core.announcedAddress = proxy.address
  agent = await startAgentForTests(system.client, {
    name,
    prepare: ({ tools }) => writeMarkBundle(tools),
    env: { XEM_LEASE_RENEWAL_INTERVAL_MS: '200' },
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
const show = (id: string) => system.client.call('executions.show', { params: { id } })

async function begin(tool: string, file: string, ms: number): Promise<string> {
  const { client } = system
  const { id, approval_id } = await client.call('invocations.submit', {
    body: { workspace: 'cut', tool, args: { file, ms } },
  })
  if (approval_id !== null) await client.call('approvals.approve', { params: { id: approval_id }, body: {} })
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
    const id = await begin('mark_destructive', file, 500)
    proxy[cut]()
    await until('the tool to end', () => (marks(file).ended === 1 ? true : undefined))
    await untilHealth('offline')
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
    await untilHealth('offline')
    proxy.heal()
    assert.equal((await untilEnded(id)).state, 'completed')
  })

  test(`link ${cut}: what is submitted during the cut is refused or queued, never lost`, async () => {
    await untilHealth('healthy')
    proxy[cut]()
    await untilHealth('offline')
    await assert.rejects(
      system.client.call('invocations.submit', {
        body: { workspace: 'cut', tool: 'mark_read', args: { file: '/tmp/none', ms: 0 } },
      }),
      { code: 'tool_executor_unavailable' },
    )
    proxy.heal()
    await untilHealth('healthy')
    const file = join(folder, `marks-${++count}`)
    assert.equal((await untilEnded(await begin('mark_read', file, 0))).state, 'completed')
  })
}

test('a call that was dispatched into a dying link and never arrived is given again, whatever its risk', async () => {
  await untilHealth('healthy')
  const file = join(folder, `marks-${++count}`)
  const { id, approval_id } = await system.client.call('invocations.submit', {
    body: { workspace: 'cut', tool: 'mark_destructive', args: { file, ms: 0 } },
  })
  proxy.freeze()
  await system.client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  assert.equal((await show(id)).state, 'dispatched')
  proxy.break()
  await untilHealth('offline')
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
