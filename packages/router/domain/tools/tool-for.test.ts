import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import type { WorkspaceType } from '@xerotier/protocol/manifest.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createFleet } from '../fleet/fleet.ts'
import { onlineAgent, serving } from '../fleet/online-agent.fixture.ts'
import { toolFor } from './tool-for.ts'

const workspace = { id: 'ws_1', name: 'prod', type: 'generic' as const }

/** A fleet of online agents, each with its tools and the workspaces that it serves. */
function fleetOf(...agents: { name: string; tools: string[]; bound?: string[]; types?: WorkspaceType[] }[]) {
  const fleet = createFleet(systemClock, systemChance)
  for (const { name, tools, bound = [], types = [] } of agents) {
    const offered = tools.map((tool) => toolOf(tool, { workspace_types: types }))
    fleet.join(onlineAgent(name, offered, { bindings: serving(...bound) }))
  }
  return { fleet }
}

test('a tool that no online agent offers to the workspace has no descriptor there', () => {
  assert.equal(toolFor(fleetOf(), 'p', workspace, 'work'), undefined)
  assert.equal(toolFor(fleetOf({ name: 'xem-1', tools: ['work'], bound: ['ws_2'] }), 'p', workspace, 'work'), undefined)
  assert.equal(
    toolFor(fleetOf({ name: 'xem-1', tools: ['other'], bound: ['ws_1'] }), 'p', workspace, 'work'),
    undefined,
  )
})

test('an agent that is bound and offers the tool is found beside others', () => {
  const core = fleetOf({ name: 'xem-1', tools: ['work'] }, { name: 'xem-2', tools: ['work'], bound: ['ws_1'] })
  assert.equal(toolFor(core, 'p', workspace, 'work')?.tool.name, 'work')
})

test('a tool for workspaces of another type is not there, and no retry brings it', () => {
  const core = fleetOf({ name: 'xem-1', tools: ['work'], bound: ['ws_1'], types: ['kubernetes'] })
  assert.throws(() => toolFor(core, 'p', workspace, 'work'), {
    code: 'exec_tool_not_found',
    status: 400,
    message: 'work does not apply to a workspace of type generic.',
  })
})
