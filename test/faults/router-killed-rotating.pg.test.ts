// The router is killed with SIGKILL at each step of a rotation and started again: the rotation goes
// on where it was, both sides have new keys, and a call that runs meanwhile runs once.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client, createClient } from '@xerotier/client/client.ts'
import { type AgentForTests, startAgentForTests } from '@xerotier/devkit/agent-for-tests.ts'
import { dial } from '@xerotier/devkit/dial.ts'
import { firstLine, kill, startChild } from '@xerotier/devkit/faults/child.ts'
import { type RotationStep, rotationSteps } from '@xerotier/devkit/faults/dies-rotating.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import type { RouterProcessSettings } from '@xerotier/devkit/faults/router-process.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { freePort } from '@xerotier/devkit/free-port.ts'
import { patienceMs } from '@xerotier/devkit/patience.ts'
import { cloneDatabase } from '@xerotier/devkit/postgres-for-tests.ts'
import { credentialsOf } from '@xerotier/devkit/rotated-keys.ts'

const program = join(import.meta.dirname, '../../packages/devkit/faults/router-process.ts')
const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const triggerFile = join(folder, 'trigger')
const trigger = triggerIn<RotationStep>(triggerFile)
const id = 'rotated-xem'
let settings: RouterProcessSettings
let child: ReturnType<typeof startChild>
let client: Client
let agent: AgentForTests

async function startRouter(): Promise<void> {
  child = startChild(program, { XEROTIER_FAULT_SETTINGS: JSON.stringify(settings) })
  const { url, dataPlane } = JSON.parse(await firstLine(child)) as { url: string; dataPlane: string }
  settings = { ...settings, httpPort: Number(new URL(url).port), dataPlane }
  const apiKey = readFileSync(join(folder, 'api-key'), 'utf8').trim()
  client = createClient({ baseUrl: `${url}/demo/v1`, apiKey, timeoutMs: 1.5 * patienceMs })
}

before(async () => {
  settings = {
    databaseUrl: (await cloneDatabase()).url,
    stateDir: folder,
    httpPort: 0,
    dataPlane: 'tcp://127.0.0.1:0',
    alternate: `tcp://127.0.0.1:${await freePort()}`,
    trigger: triggerFile,
  }
  await startRouter()
  agent = await startAgentForTests(client, { name: id, prepare: ({ tools }) => writeMarkBundle(tools) })
  await client.call('workspaces.create', { body: { name: 'faults' } })
  await client.call('workspaces.bind', { params: { id: 'faults' }, body: { agent: id } })
})
after(async () => {
  await agent?.stop()
  await kill(child)
  rmSync(folder, { recursive: true, force: true })
})

const untilHealthy = () =>
  until('the agent to be healthy', async () =>
    (await client.call('agents.show', { params: { id } })).health === 'healthy' ? true : undefined,
  )

/** An at-most-once call that goes on until its gate is open. */
async function begin(file: string): Promise<string> {
  const body = { workspace: 'faults', tool: 'mark_destructive', args: { file, ms: 0, gate: `${file}-gate` } }
  const call = await client.call('invocations.submit', { body })
  await client.call('approvals.approve', { params: { id: call.approval_id! }, body: {} })
  await until('the tool to run', () => (marks(file).started > 0 ? true : undefined))
  return call.id
}

for (const [count, step] of rotationSteps.entries()) {
  test(`killed with ${step}`, async () => {
    await untilHealthy()
    const file = join(folder, `marks-${count}`)
    const call = await begin(file)
    const before = credentialsOf(agent)
    trigger.arm(step)
    // The answer dies with the router: the record decides.
    const asked = client
      .call('agents.curveRotate', { params: { id }, query: { wait: 60 }, body: { reason: step } })
      .catch(() => undefined)
    await until('the router to die', () => (child.signalCode === null ? undefined : true))
    await asked
    trigger.disarm()
    await startRouter()
    const rotation = await until('the rotation to be completed', async () => {
      const { data } = await client.call('agents.rotations', { params: { id }, query: { limit: 1 } })
      return data[0]?.state === 'requested' || data[0]?.state === 'acknowledged' ? undefined : data[0]
    })
    assert.deepEqual([rotation.reason, rotation.because, rotation.state], [step, null, 'completed'])
    const now = await until('the new pair to be in its place', () => {
      const kept = credentialsOf(agent)
      return kept.curve.publicKey === before.curve.publicKey ? undefined : kept
    })
    assert.notEqual(now.router.curve_public_key, before.router.curve_public_key)
    await untilHealthy()
    await until('the old endpoint to be closed', async () =>
      (await dial(before.curve, before.router)) === 'closed' ? true : undefined,
    )
    assert.equal(await dial(now.curve, now.router), 'admitted')
    writeFileSync(`${file}-gate`, '')
    const ended = await until('the call to end', async () => {
      const execution = await client.call('executions.show', { params: { id: call } })
      return execution.finished_at === null ? undefined : execution
    })
    assert.deepEqual([ended.state, marks(file)], ['completed', { started: 1, ended: 1 }])
  })
}
