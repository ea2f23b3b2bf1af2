// A host that calls a tool milder than before gets no call of it until somebody accepts that.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { manifestOf, toolOf } from '@xerotier/devkit/bare-agent.ts'
import { type ServingAgent, servingAgent } from '@xerotier/devkit/serving-agent.ts'
import { type System, startSystem } from '@xerotier/devkit/system.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'

let system: System
before(async () => {
  system = await startSystem()
})
after(() => system.stop())

async function publish({ agent }: ServingAgent, tools: ToolDescriptor[], version: number): Promise<void> {
  const manifest = manifestOf(tools, version)
  const { manifest_hash, manifest_version } = manifest
  const about = { lease_epoch: agent.leaseEpoch, in_flight: [], draining: false }
  await agent.send([{ t: 'lease_renewal', ...about, manifest_hash, manifest_version, manifest }])
  await agent.next('lease')
}

const show = (id: string) => system.client.call('agents.show', { params: { id } })
const kinds = async (id: string) =>
  (await system.client.call('agents.events', { params: { id } })).data.flatMap(({ kind, data }) =>
    kind.startsWith('agent.risk') ? [[kind, data]] : [],
  )
const ask = (workspace: string) => system.ask(workspace, 'wipe', {})

test('a tool that becomes milder is held, said once, and runs as before when it is again what it was', async () => {
  const serving = await servingAgent(system.client, 'lowering', 'lowered', [toolOf('wipe', { risk: 'destructive' })])
  await publish(serving, [toolOf('wipe', { risk: 'read' })], 2)
  assert.deepEqual((await show('lowering')).held, [{ tool: 'wipe', from: 'destructive', to: 'read' }])
  await assert.rejects(ask('lowered'), { code: 'exec_tool_not_found' })
  // Taking it away for a while changes nothing, nor does a new session.
  await publish(serving, [toolOf('other')], 3)
  await publish(serving, [toolOf('wipe', { risk: 'read' }), toolOf('other')], 4)
  serving.agent.close()
  const again = serving.again([toolOf('wipe', { risk: 'read' })])
  await again.open()
  await assert.rejects(ask('lowered'), { code: 'exec_tool_not_found' })
  const lowered = { tool: 'wipe', from: 'destructive', to: 'read', held: true }
  assert.deepEqual((await kinds(serving.agentId)).at(-1), ['agent.risk_lowered', lowered])
  await publish({ ...serving, agent: again }, [toolOf('wipe', { risk: 'irreversible' })], 5)
  assert.deepEqual((await show('lowering')).held, [])
  assert.equal((await ask('lowered')).state, 'pending_approval')
  again.close()
})

test('who accepts the lower risk lets it run so', async () => {
  const serving = await servingAgent(system.client, 'accepted', 'accepting', [toolOf('wipe', { risk: 'destructive' })])
  await publish(serving, [toolOf('wipe', { risk: 'read' })], 2)
  const params = { id: 'accepted' }
  await assert.rejects(system.client.call('agents.acceptRisk', { params, body: { tool: 'none' } }), {
    code: 'exec_tool_not_found',
  })
  const accepted = await system.client.call('agents.acceptRisk', { params, body: { tool: 'wipe' } })
  assert.deepEqual(accepted.held, [])
  assert.equal((await ask('accepting')).state, 'dispatched')
  const [kind, data] = (await kinds(serving.agentId)).find(([one]) => one === 'agent.risk_accepted') ?? []
  assert.deepEqual([kind, data], ['agent.risk_accepted', { tool: 'wipe', from: 'destructive', to: 'read' }])
  serving.agent.close()
})
