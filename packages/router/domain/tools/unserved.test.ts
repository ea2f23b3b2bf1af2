import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolOf } from '@xerotier/devkit/bare-agent.ts'
import type { Fault } from '@xerotier/protocol/errors.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { systemChance } from '@xerotier/runtime/chance.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import type { BoundForRow } from '../../store/workspaces.ts'
import { createFleet } from '../fleet/fleet.ts'
import { onlineAgent, serving } from '../fleet/online-agent.fixture.ts'
import { unserved, whatItWaitsFor, whyNobodyCame } from './unserved.ts'

/** An agent of the project; `online` are the tools that it offers now. */
interface Agent {
  name: string
  online?: string[]
  /** Of workspaces that its tools are for; none is all. */
  types?: ToolDescriptor['workspace_types']
  draining?: boolean
  state?: BoundForRow['state']
  bound?: boolean
  /** By its last manifest. */
  offers?: boolean
  pause?: BoundForRow['pause']
  /** Calls that it has, of two that it takes. */
  busy?: number
  rests?: boolean
}

function coreOf(agents: Agent[]) {
  const fleet = createFleet(systemClock, systemChance)
  for (const { name, online, types = [], draining = false, busy = 0, rests = false } of agents) {
    if (online === undefined) continue
    const offered = online.map((tool) => toolOf(tool, { workspace_types: types }))
    const inFlight = new Set(Array.from({ length: busy }, (_, call) => `${call}`))
    const restsUntil = rests ? Number.POSITIVE_INFINITY : 0
    fleet.join(onlineAgent(name, offered, { bindings: serving('ws_1'), draining, inFlight, restsUntil }))
  }
  const rows = agents
    .filter(({ bound }) => bound !== false)
    .map(({ name, state = 'active', offers = true, pause = null }) => ({
      id: `agt_${name}`,
      project_id: 'p',
      name,
      state,
      offers,
      pause,
    }))
  return { fleet, clock: systemClock, workspaces: { boundFor: async () => rows } }
}

const refusal = (...agents: Agent[]): Promise<Fault> =>
  unserved(coreOf(agents), 'p', { id: 'ws_1', name: 'prod', type: 'aws' }, 'work')

const away: Agent = { name: 'xem-1', state: 'disconnected' }
const free: Agent = { name: 'xem-9', online: ['work'], bound: false }

for (const [what, agents, code, message] of [
  [
    'nothing is bound and nobody offers the tool',
    [],
    'exec_tool_not_found',
    'No online agent offers the tool work, and no agent is bound to the workspace prod.',
  ],
  [
    'nothing is bound',
    [free],
    'tool_executor_unavailable',
    'No agent is bound to the workspace prod. xem-9 offers work: `xeroctl workspaces bind prod --agent xem-9`.',
  ],
  [
    'nothing is bound and the tool is for workspaces of another type',
    [{ ...free, types: ['kubernetes'] }],
    'exec_tool_not_found',
    'work does not apply to a workspace of type aws.',
  ],
  [
    'only some offer the tool for workspaces of this type',
    [
      { ...free, types: ['kubernetes'] },
      { ...free, name: 'xem-8', types: ['host', 'aws'] },
    ],
    'tool_executor_unavailable',
    'No agent is bound to the workspace prod. xem-8 offers work: `xeroctl workspaces bind prod --agent xem-8`.',
  ],
  [
    'the only bound agent is offline',
    [away],
    'tool_executor_unavailable',
    'No online agent offers the tool work. Of those bound to the workspace prod, xem-1 is offline. See `xeroctl workspaces show prod`.',
  ],
  [
    'the bound agents are offline, paused, gone, or lack the tool',
    [
      { ...away, pause: { reason: 'INC-7' } },
      { name: 'xem-2', online: ['other'], pause: { reason: null } },
      { name: 'xem-3', state: 'suspended' },
      { name: 'xem-4', state: 'pending', offers: false },
      { name: 'xem-5', state: 'dead', offers: false },
    ],
    'tool_executor_unavailable',
    'No online agent offers the tool work. Of those bound to the workspace prod, xem-1 is offline and is paused (INC-7), ' +
      'xem-2 is paused and does not offer work, xem-3 is suspended, xem-4 has never connected, ' +
      'xem-5 is offline and did not offer work. See `xeroctl workspaces show prod`.',
  ],
  [
    'no bound agent would offer the tool when it is back',
    [
      { name: 'xem-3', state: 'suspended' },
      { name: 'xem-4', state: 'pending' },
      { ...away, offers: false },
      { name: 'xem-2', online: ['other'] },
    ],
    'exec_tool_not_found',
    'No online agent offers the tool work. Of those bound to the workspace prod, xem-3 is suspended, xem-4 has never connected, ' +
      'xem-1 is offline and did not offer work, xem-2 does not offer work. See `xeroctl workspaces show prod`.',
  ],
  [
    'the bound agent is offline and another offers the tool',
    [away, free],
    'tool_executor_unavailable',
    'No online agent of the workspace prod offers the tool work: xem-1 is offline. ' +
      'xem-9 offers work: `xeroctl workspaces bind prod --agent xem-9`.',
  ],
  [
    'more agents are bound than a sentence holds',
    Array.from({ length: 8 }, (_, n) => ({ name: `x${n}` })),
    'tool_executor_unavailable',
    'No online agent offers the tool work. Of those bound to the workspace prod, x0 is offline, x1 is offline, ' +
      'x2 is offline, x3 is offline, x4 is offline, and 3 more cannot either. See `xeroctl workspaces show prod`.',
  ],
  [
    'a bound agent came back meanwhile',
    [{ name: 'xem-1', online: ['work'] }],
    'tool_executor_unavailable',
    'No online agent of the workspace prod offers the tool work: xem-1 has just come.',
  ],
] as [string, Agent[], string, string][]) {
  test(`a refusal says it where ${what}`, async () => {
    const fault = await refusal(...agents)
    assert.deepEqual([fault.code, fault.message], [code, message])
    const returns = agents.some((agent) => agent.bound !== false && agent.offers !== false && mayReturn(agent))
    assert.equal(fault.retryAfter, returns ? 5 : undefined)
    const expected = code === 'exec_tool_not_found' ? [400, 'tool'] : [503, 'workspace']
    assert.deepEqual([fault.status, fault.param], expected)
  })
}

function mayReturn({ online, state }: Agent): boolean {
  return online === undefined && state !== 'suspended' && state !== 'pending'
}

test('a call that waited in vain is told what kept everybody, unless somebody was only full', async () => {
  const why = (...agents: Agent[]) => whyNobodyCame(coreOf(agents), 'ws_1', 'work')
  const paused = { name: 'xem-1', online: ['work'], pause: { reason: 'INC-7' } }
  const leaving = { name: 'xem-2', online: ['work'], draining: true }
  assert.equal(await why(paused, leaving), 'xem-1 is paused (INC-7), xem-2 is draining')
  assert.equal(await why(paused, { name: 'xem-3', online: ['work'] }), undefined)
  assert.equal(await why(), 'no agent is bound to its workspace any more')
})

test('a queued call waits for what keeps each agent of its workspace from it now', async () => {
  const { schema_digest, risk } = toolOf('work')
  const call = { workspace_id: 'ws_1', tool: 'work', schema_digest, risk, at_most_once: false, credentials_ref: null }
  const reason = (...agents: Agent[]) => whatItWaitsFor(coreOf(agents), call)
  const online = ['work']
  assert.equal(
    await reason(
      { name: 'xem-1', online, pause: { reason: 'INC-7' } },
      { ...away, name: 'xem-5' },
      { name: 'xem-2', online, busy: 2 },
      { name: 'xem-3', online, busy: 1, rests: true },
      { name: 'xem-4', online },
    ),
    'xem-1 is paused (INC-7), xem-5 is offline, xem-2 is busy (2 of 2 calls), xem-3 has just refused a call for now, xem-4 has just come free',
  )
  const newer = { ...call, schema_digest: 'f'.repeat(64) }
  assert.equal(await whatItWaitsFor(coreOf([{ name: 'xem-1', online }]), newer), 'xem-1 offers work in another version')
  assert.equal(await reason(), 'no agent is bound to its workspace any more')
})
