import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { Member } from '../actor.ts'
import type { WorkspaceDirectory } from '../directory/workspaces.ts'
import { createFleet } from '../fleet/fleet.ts'
import { onlineAgent, serving } from '../fleet/online-agent.fixture.ts'
import { listTools, showTool } from './catalogue.ts'
import { toolFor } from './tool-for.ts'

const noWorkspaces: WorkspaceDirectory = {
  find: async () => undefined,
  forget() {},
  boundFor: async () => [],
}

/** Agents xem-1, xem-2… that serve the workspace, each with its own opinion of one tool. */
function fleetOf(...tools: ToolDescriptor[]) {
  const fleet = createFleet(systemClock, systemChance)
  for (const [index, tool] of tools.entries()) {
    fleet.join(onlineAgent(`xem-${index + 1}`, [tool], { bindings: serving('ws_1') }))
  }
  return { fleet, workspaces: noWorkspaces, clock: systemClock }
}

const actor: Member = { kind: 'agent', id: 'agt_1', name: 'xem-1', projectId: 'p' }
const once = toolOf('work', { risk: 'write', idempotent: false, description: 'once' })
const often = toolOf('work', { risk: 'write', idempotent: true, description: 'often' })
const worse = toolOf('work', { risk: 'destructive', idempotent: true, description: 'worse' })

for (const [how, tools, description] of [
  ['the one that may run once only', [often, once], 'once'],
  ['whoever comes first', [once, often], 'once'],
  ['the higher risk before that', [often, once, worse], 'worse'],
] as const) {
  test(`where agents disagree the catalogue shows what a call would run as: ${how}`, async () => {
    const core = fleetOf(...tools)
    assert.equal((await showTool(core, actor, 'work')).description, description)
    const { data } = await listTools(core, actor, { limit: 10 })
    assert.deepEqual(
      data.map((tool) => tool.description),
      [description],
    )
    assert.equal(toolFor(core, 'p', { id: 'ws_1', type: 'generic' }, 'work')?.tool.description, description)
  })
}
