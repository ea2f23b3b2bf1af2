// The agent is killed with SIGKILL at each step of a rotation of one of its keys and started again:
// the rotation goes on where it was, and the agent works with the new key.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { kill, startChild, untilGone } from '@xerotier/devkit/faults/child.ts'
import { marks, writeMarkBundle } from '@xerotier/devkit/faults/mark-bundle.ts'
import { triggerIn } from '@xerotier/devkit/faults/trigger.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { keysOf } from '@xerotier/devkit/rotated-keys.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'

const program = join(import.meta.dirname, '../../packages/devkit/faults/agent-process.ts')
/** Of the process, which cannot be imported: it would start. */
const steps = [
  'no key made yet',
  'key kept, router not told',
  'acceptance not kept',
  'acceptance kept, not dialled',
  'new key in use, not in its place',
  'new key in its place',
] as const
const folder = mkdtempSync(join(tmpdir(), 'xerotier-faults-'))
const id = 'fault-xem'
const triggerFile = join(folder, 'trigger')
const trigger = triggerIn<(typeof steps)[number]>(triggerFile)
let system: RouterForTests
let child: ChildProcess

const shown = () => system.client.call('agents.show', { params: { id } })

async function startAgent(joinKey?: string): Promise<void> {
  const epoch = joinKey === undefined ? (await shown()).lease_epoch : 0
  child = startChild(program, {
    XEM_ROUTER_URL: system.client.origin,
    XEROTIER_AGENT_ALLOW_INSECURE: 'true',
    XEM_REGISTRATION_NAME: id,
    XEM_SHIPPED_BUNDLES: 'none',
    XEM_TOOLS_DIR: join(folder, 'tools'),
    XEM_CREDENTIALS_DIR: folder,
    XEM_SIGNING_KEY_PATH: join(folder, 'signing-key.hex'),
    XEM_CURVE_KEY_PATH: join(folder, 'curve-key.hex'),
    XEM_QUEUE_DB_PATH: join(folder, 'queue.sqlite'),
    XEM_METRICS_HOST: '127.0.0.1',
    XEROTIER_XEM_METRICS_PORT: '0',
    ...(joinKey === undefined ? {} : { XEM_JOIN_KEY: joinKey }),
    XEROTIER_FAULT_TRIGGER: triggerFile,
  })
  await until('the agent to be healthy', async () => {
    const agent = await shown().catch(() => undefined)
    return agent?.health === 'healthy' && agent.lease_epoch > epoch ? true : undefined
  })
}

before(async () => {
  system = await startRouterForTests()
  mkdirSync(join(folder, 'tools'))
  writeMarkBundle(join(folder, 'tools'))
  const { key } = await system.client.call('joinKeys.create', { body: { name: id, region: 'test' } })
  await startAgent(key)
  await system.client.call('workspaces.create', { body: { name: 'faults' } })
  await system.client.call('workspaces.bind', { params: { id: 'faults' }, body: { agent: id } })
})
after(async () => {
  await kill(child)
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
async function runsOnce(): Promise<void> {
  const file = join(folder, `marks-${++count}`)
  const body = { workspace: 'faults', tool: 'mark_write', args: { file, ms: 0 } }
  const call = await system.client.call('invocations.submit', { query: { wait: 60 }, body })
  assert.deepEqual([call.state, marks(file)], ['completed', { started: 1, ended: 1 }])
}

const latest = async () =>
  (await system.client.call('agents.rotations', { params: { id }, query: { limit: 1 } })).data[0]

for (const [use, route] of [
  ['signing', 'agents.rotateSigningKey'],
  ['curve', 'agents.curveRotate'],
] as const)
  for (const step of steps)
    test(`the ${use} key: killed with ${step}`, async () => {
      const before = keysOf({ folder })
      trigger.arm(step)
      await system.client.call(route, { params: { id }, body: { reason: step } })
      await untilGone(child)
      trigger.disarm()
      await startAgent()
      const rotation = await until('the rotation to be completed', async () => {
        const found = await latest()
        return found?.state === 'requested' || found?.state === 'acknowledged' ? undefined : found
      })
      assert.deepEqual([rotation.reason, rotation.because, rotation.use], [step, null, use])
      await until('the new key to be in its place', () => {
        const { signing, curve } = keysOf({ folder })
        const isNew =
          use === 'signing' ? signing.keyId !== before.signing.keyId : curve.publicKey !== before.curve.publicKey
        return isNew || undefined
      })
      await runsOnce()
    })
