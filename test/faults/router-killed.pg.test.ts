// The router is killed with SIGKILL at each step of a call and started again. Nothing acknowledged
// is lost, and no at-most-once call runs twice.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { firstLine, kill, startChild } from '@xerotier/devkit/faults/child.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import type { RouterProcessSettings, RouterStep } from '@xerotier/devkit/faults/router-process.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'

const program = join(import.meta.dirname, '../../packages/devkit/faults/router-process.ts')
const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const triggerFile = join(folder, 'trigger')
const trigger = triggerIn<RouterStep>(triggerFile)
let settings: RouterProcessSettings
let child: ReturnType<typeof startChild>
let client: Client
let agent: AgentForTests

async function startRouter(): Promise<void> {
  child = startChild(program, { XEROTIER_FAULT_SETTINGS: JSON.stringify(settings) })
  const { url, dataPlane } = JSON.parse(await firstLine(child)) as { url: string; dataPlane: string }
  // The same ports at every start: the agent knows them.
  settings = { ...settings, httpPort: Number(new URL(url).port), dataPlane }
  client = createClient({ baseUrl: `${url}/demo/v1`, apiKey: readFileSync(join(folder, 'api-key'), 'utf8').trim() })
}

const untilHealthy = () =>
  until('the agent to be healthy', async () =>
    (await client.call('agents.show', { params: { id: 'fault-xem' } })).health === 'healthy' ? true : undefined,
  )

before(async () => {
  settings = {
    databaseUrl: (await cloneDatabase()).url,
    stateDir: folder,
    httpPort: 0,
    dataPlane: 'tcp://127.0.0.1:0',
    trigger: triggerFile,
  }
  await startRouter()
  agent = await startAgentForTests(client, {
    name: 'fault-xem',
    prepare: ({ tools }) => writeMarkBundle(tools),
    env: { XEM_LEASE_RENEWAL_INTERVAL_MS: '300' },
  })
  await client.call('workspaces.create', { body: { name: 'faults' } })
  await client.call('workspaces.bind', { params: { id: 'faults' }, body: { agent: 'fault-xem' } })
})
after(async () => {
  await agent?.stop()
  await kill(child)
  rmSync(folder, { recursive: true, force: true })
})

/** Submits, and approves what needs it; the router may die under either. */
async function begin(tool: string, file: string, ms: number): Promise<void> {
  const submitted = await client.call('invocations.submit', { body: { workspace: 'faults', tool, args: { file, ms } } })
  if (submitted.approval_id !== null) {
    const approval = await client.call('approvals.show', { params: { id: submitted.approval_id } })
    await client.call('approvals.approve', {
      params: { id: approval.id },
      body: approval.confirm === null ? {} : { confirm: approval.confirm },
    })
  }
}

async function newest(): Promise<ExecutionDetail> {
  const { data } = await client.call('executions.list', { query: { limit: 1 } })
  return client.call('executions.show', { params: { id: data[0]!.id } })
}

const untilEnded = () =>
  until('the call to end', async () => {
    const execution = await newest()
    return ['completed', 'failed', 'ambiguous', 'expired', 'timeout', 'cancelled'].includes(execution.state)
      ? execution
      : undefined
  })

/** A read may be given to an agent again when its own stays away for some seconds. */
function assertRuns(tool: string, file: string): void {
  if (tool === 'mark_read') assert.ok(marks(file).ended >= 1)
  else assert.deepEqual(marks(file), { started: 1, ended: 1 })
}

let count = 0
for (const step of ['before-dispatch', 'before-settle', 'after-settle'] as const) {
  for (const tool of ['mark_read', 'mark_destructive', 'mark_irreversible']) {
    const runs = tool === 'mark_read' ? 'and ran' : 'and ran once'
    test(`killed ${step.replace('-', ' ')}, ${tool} completes ${runs}`, async () => {
      await untilHealthy()
      trigger.arm(step)
      const file = join(folder, `marks-${++count}`)
      // The answer may die with the router: then nothing was acknowledged, and the record decides.
      const begun = begin(tool, file, 50).catch((error: unknown) => error)
      await until('the router to die', () => (child.signalCode === null ? undefined : true)).catch(async (error) => {
        throw new Error(`${messageOf(error)}; the call: ${await begun}`)
      })
      trigger.disarm()
      await startRouter()
      const execution = await untilEnded()
      assert.equal(execution.tool, tool)
      assert.equal(execution.state, 'completed')
      assertRuns(tool, file)
      assert.equal(execution.stdout, 'marked\n')
    })
  }
}

for (const tool of ['mark_read', 'mark_destructive']) {
  test(`killed while ${tool} runs, its result arrives all the same`, async () => {
    const file = join(folder, `marks-${++count}`)
    await untilHealthy()
    await begin(tool, file, 1_000)
    await until('the tool to run', () => (marks(file).started === 1 ? true : undefined))
    await kill(child)
    await startRouter()
    const execution = await untilEnded()
    assert.equal(execution.state, 'completed')
    assertRuns(tool, file)
  })
}

test('a call that waits for approval when the router dies can be approved afterwards', async () => {
  await untilHealthy()
  const file = join(folder, `marks-${++count}`)
  const { approval_id } = await client.call('invocations.submit', {
    body: { workspace: 'faults', tool: 'mark_destructive', args: { file, ms: 0 } },
  })
  await kill(child)
  await startRouter()
  await untilHealthy()
  await client.call('approvals.approve', { params: { id: approval_id! }, body: {} })
  assert.equal((await untilEnded()).state, 'completed')
  assert.deepEqual(marks(file), { started: 1, ended: 1 })
})

test('what was acknowledged under load is all there after a kill, each call ended once', async () => {
  await untilHealthy()
  const acknowledged: string[] = []
  let dying = false
  const submitter = async (n: number) => {
    for (let i = 0; !dying; i++) {
      const file = join(folder, `load-${n}-${i}`)
      const answer = await client
        .call('invocations.submit', { body: { workspace: 'faults', tool: 'mark_write', args: { file, ms: 0 } } })
        .catch(() => undefined)
      if (answer !== undefined) acknowledged.push(answer.id)
    }
  }
  const submitters = [0, 1, 2, 3].map(submitter)
  await until('some calls', () => (acknowledged.length >= 20 ? true : undefined))
  dying = true
  await kill(child)
  await Promise.all(submitters)
  await startRouter()
  for (const id of acknowledged) {
    const ended = await until(`call ${id}`, async () => {
      const execution = await client.call('executions.show', { params: { id } })
      return ['completed', 'ambiguous'].includes(execution.state) ? execution : undefined
    })
    assert.equal(ended.state, 'completed')
    assert.deepEqual(marks(ended.args.file as string), { started: 1, ended: 1 })
  }
})
