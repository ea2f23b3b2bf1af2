import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { createFleet, type OnlineAgent } from '../agents/fleet.ts'
import { toolFor } from './tool-for.ts'

const workspace = { id: 'ws_1', name: 'prod', type: 'generic' as const }

/** A fleet of online agents, each with its tools and the workspaces that it serves. */
function fleetOf(...agents: { name: string; tools: string[]; bound?: string[] }[]) {
  const fleet = createFleet(systemClock)
  for (const { name, tools, bound = [] } of agents) {
    fleet.join({
      id: `agt_${name}`,
      name,
      projectId: 'p',
      tools: new Map(tools.map((tool) => [tool, toolOf(tool)])),
      bindings: new Map(bound.map((id) => [id, {}])),
      leaseExpiresAt: Infinity,
    } as unknown as OnlineAgent)
  }
  return { fleet }
}

function refusalOf(core: ReturnType<typeof fleetOf>): Fault {
  try {
    toolFor(core, 'p', workspace, 'work')
  } catch (error) {
    assert.ok(error instanceof Fault)
    return error
  }
  assert.fail('it was not refused')
}

test('where no online agent is bound, the refusal names the command that binds one, and asks nobody to wait', () => {
  const fault = refusalOf(fleetOf({ name: 'xem-1', tools: ['work'], bound: ['ws_other'] }))
  assert.deepEqual([fault.code, fault.status, fault.retryAfter], ['tool_executor_unavailable', 503, undefined])
  assert.match(fault.message, /^No online agent is bound to the workspace prod:/)
  assert.match(fault.message, /`xeroctl workspaces bind prod --agent xem-1`.*`xeroctl workspaces show prod`/)
})

test('where the agents that are bound lack the tool, the refusal names one that offers it', () => {
  const bound = { name: 'xem-2', tools: ['other'], bound: ['ws_1'] }
  const fault = refusalOf(fleetOf(bound, { name: 'xem-1', tools: ['work'] }))
  assert.equal(
    fault.message,
    'The agents that serve the workspace prod do not offer work; xem-1 does: `xeroctl workspaces bind prod --agent xem-1`.',
  )
})

test('an agent that is bound and offers the tool is found beside others', () => {
  const core = fleetOf({ name: 'xem-1', tools: ['work'] }, { name: 'xem-2', tools: ['work'], bound: ['ws_1'] })
  assert.equal(toolFor(core, 'p', workspace, 'work').name, 'work')
})
