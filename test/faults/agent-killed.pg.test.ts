// The agent is killed with SIGKILL at each step of a call and started again. What may run twice
// completes; what may not either completes once or waits, as ambiguous, for a person.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AgentStep } from '@xerotier/devkit/faults/agent-process.ts'
import { kill, startChild, untilGone } from '@xerotier/devkit/faults/child.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { createLog } from '@xerotier/runtime/log.ts'

const program = join(import.meta.dirname, '../../packages/devkit/faults/agent-process.ts')
const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const name = 'fault-xem'
const triggerFile = join(folder, 'trigger')
const trigger = triggerIn<AgentStep>(triggerFile)
let system: RouterForTests
let child: ChildProcess

async function startAgent(joinKey?: string): Promise<void> {
  const { client } = system
  const before = joinKey === undefined ? (await client.call('agents.show', { params: { id: name } })).lease_epoch : 0
  child = startChild(program, {
    XEM_ROUTER_URL: client.origin,
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    XEM_REGISTRATION_NAME: name,
    XEM_SHIPPED_BUNDLES: 'none',
    XEM_TOOLS_DIR: join(folder, 'tools'),
    XEM_CREDENTIALS_DIR: folder,
    XEM_SIGNING_KEY_PATH: join(folder, 'signing-key.hex'),
    XEM_CURVE_KEY_PATH: join(folder, 'curve-key.hex'),
    XEM_QUEUE_DB_PATH: join(folder, 'queue.sqlite'),
    XEM_METRICS_HOST: '127.0.0.1',
    XEROTIER_XEM_METRICS_PORT: '0',
    XEM_LEASE_RENEWAL_INTERVAL_MS: '300',
    ...(joinKey === undefined ? {} : { XEM_JOIN_KEY: joinKey }),
    XEROTIER_FAULT_TRIGGER: triggerFile,
  })
  await until('the agent to be healthy', async () => {
    const agent = await client.call('agents.show', { params: { id: name } }).catch(() => undefined)
    return agent?.health === 'healthy' && agent.lease_epoch > before ? true : undefined
  })
}

before(async () => {
  system = await startRouterForTests({
    log: createLog({ level: (process.env.XEROTIER_FAULT_LOG as 'debug') ?? 'critical', name: 'router' }),
    // A lease lasts while a busy machine is late.
    settings: { lostReadGraceMs: 200, leaseIntervals: 200 },
  })
  mkdirSync(join(folder, 'tools'))
  writeMarkBundle(join(folder, 'tools'))
  const { key } = await system.client.call('joinKeys.create', { body: { name, region: 'test' } })
  await startAgent(key)
  await system.client.call('workspaces.create', { body: { name: 'faults' } })
  await system.client.call('workspaces.bind', { params: { id: 'faults' }, body: { agent: name } })
})
after(async () => {
  await kill(child)
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function begin(tool: string, args: { file: string; ms: number; gate?: string }): Promise<string> {
  const { client } = system
  const { id, approval_id } = await client.call('invocations.submit', { body: { workspace: 'faults', tool, args } })
  if (approval_id !== null) {
    const { confirm } = await client.call('approvals.show', { params: { id: approval_id } })
    await client.call('approvals.approve', { params: { id: approval_id }, body: confirm === null ? {} : { confirm } })
  }
  return id
}

const untilEnded = (id: string): Promise<ExecutionDetail> =>
  until('the call to end', async () => {
    const execution = await system.client.call('executions.show', { params: { id } })
    return ['completed', 'failed', 'ambiguous', 'expired', 'timeout', 'cancelled'].includes(execution.state)
      ? execution
      : undefined
  })

function removeJournal(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `queue.sqlite${suffix}`), { force: true })
}

let count = 0
async function killedAt(
  step: AgentStep,
  tool: string,
): Promise<{ execution: ExecutionDetail; runs: { started: number; ended: number } }> {
  trigger.arm(step)
  const file = join(folder, `marks-${++count}`)
  const id = await begin(tool, { file, ms: 50 })
  await untilGone(child)
  trigger.disarm()
  await startAgent()
  return { execution: await untilEnded(id), runs: marks(file) }
}

const once = { started: 1, ended: 1 }

for (const tool of ['mark_write', 'mark_destructive', 'mark_irreversible']) {
  test(`killed before the start of ${tool} is recorded, the call is given again and runs once`, async () => {
    const { execution, runs } = await killedAt('before-begin', tool)
    assert.equal(execution.state, 'completed')
    assert.equal(execution.attempt, 2)
    assert.deepEqual(runs, once)
  })

  test(`killed after the start of ${tool} is recorded, the call is ambiguous and never runs`, async () => {
    const { execution, runs } = await killedAt('after-begin', tool)
    assert.equal(execution.state, 'ambiguous')
    assert.equal(execution.error?.code, 'execution_interrupted')
    assert.equal(runs.started, 0)
  })

  test(`killed before the result of ${tool} is known to the queue, the call is ambiguous and ran once`, async () => {
    const { execution, runs } = await killedAt('before-settle', tool)
    assert.equal(execution.state, 'ambiguous')
    assert.deepEqual(runs, once)
  })

  test(`killed with the result of ${tool} sent or on disk, the call completes and ran once`, async () => {
    for (const step of ['after-persist', 'before-acknowledge'] as const) {
      const { execution, runs } = await killedAt(step, tool)
      assert.equal(execution.state, 'completed', step)
      assert.deepEqual(runs, once)
    }
  })
}

test('a read that dies with its agent runs again and completes', async () => {
  for (const step of ['before-settle', 'before-acknowledge'] as const) {
    const { execution } = await killedAt(step, 'mark_read')
    assert.equal(execution.state, 'completed', step)
  }
})

test('killed while it runs, a destructive call is ambiguous until a person resolves it, and nothing else may', async () => {
  const { client } = system
  const file = join(folder, `marks-${++count}`)
  const id = await begin('mark_destructive', { file, ms: 0, gate: `${file}-never` })
  await until('the tool to run', () => (marks(file).started === 1 ? true : undefined))
  await kill(child)
  await startAgent()
  assert.equal((await untilEnded(id)).state, 'ambiguous')
  await assert.rejects(client.call('invocations.cancel', { params: { id } }), { code: 'illegal_transition' })
  const resolved = await client.call('executions.resolve', {
    params: { id },
    body: { outcome: 'failed', note: 'looked at the host: half done' },
  })
  assert.deepEqual([resolved.state, resolved.error?.code], ['failed', 'execution_interrupted'])
  await assert.rejects(
    client.call('executions.resolve', { params: { id }, body: { outcome: 'completed', note: 'again' } }),
    { code: 'illegal_transition' },
  )
  const record = await client.call('executions.show', { params: { id } })
  assert.equal(record.resolution?.note, 'looked at the host: half done')
  assert.equal(marks(file).started, 1)
})

test('an agent that comes back with another journal makes its at-most-once calls ambiguous', async () => {
  const file = join(folder, `marks-${++count}`)
  const id = await begin('mark_destructive', { file, ms: 0, gate: `${file}-never` })
  await until('the tool to run', () => (marks(file).started === 1 ? true : undefined))
  await kill(child)
  removeJournal()
  await startAgent()
  assert.equal((await untilEnded(id)).state, 'ambiguous')
  assert.equal(marks(file).started, 1)
})
