import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { until } from '@xerotier/devkit/faults/until.ts'
import { type RouterForTests, startRouterForTests } from '@xerotier/devkit/router-for-tests.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { askToKill, demonstrationWorkspace } from './demonstration.ts'
import { openState, type State } from './state.ts'

const folder = mkdtempSync(join(tmpdir(), 'xerotier-demonstration-'))
let state: State
let system: RouterForTests
let serving: ServingAgent

before(async () => {
  state = openState(join(folder, 'state'))
  system = await startRouterForTests()
  const tools = [toolOf('host_process_kill', { risk: 'destructive' })]
  serving = await servingAgent(system.client, 'xem-1', demonstrationWorkspace, tools)
})
after(async () => {
  serving.agent.close()
  await system.stop()
  rmSync(folder, { recursive: true })
})

const gone = (pid: number) =>
  until(`process ${pid} to end`, async () => {
    try {
      process.kill(pid, 0)
      return undefined
    } catch {
      return true
    }
  })

test('a call that nobody approves is over at its deadline, and so is the process', async () => {
  const { pid, deadline, over, approvalId } = await askToKill(system.client, state)
  const minutes = (deadline.getTime() - Date.now()) / 60_000
  assert.ok(minutes > 14 && minutes <= 15, `${minutes}`)
  const { db } = system.router.core.store
  await db.updateTable('approvals').set({ expires_at: new Date() }).where('id', '=', approvalId).execute()
  assert.equal(await over, 'expired')
  await gone(pid)
})

test('a call that is rejected is over, and so is the process', async () => {
  const { pid, over, approvalId } = await askToKill(system.client, state)
  await system.client.call('approvals.reject', { params: { id: approvalId }, body: { note: 'no' } })
  assert.equal(await over, 'rejected')
  await gone(pid)
})

test('a process that ends is the end of an approved call', async () => {
  const { pid, over } = await askToKill(system.client, state)
  process.kill(pid)
  assert.equal(await over, 'approved')
})
