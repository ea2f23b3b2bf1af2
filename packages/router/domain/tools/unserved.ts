// Why no agent runs a tool for a workspace, in words that say where to look: who is bound and away
// is not missing. The record is asked, as the fleet knows nobody who is offline. Refusals, expiries
// and looks at queued calls come here, and nothing of the hot path.
import { Fault } from '@xerotier/protocol/errors.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { BoundForRow } from '../../store/workspaces.ts'
import type { WorkspaceDirectory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { healthOf } from '../fleet/health.ts'
import { runsAsSubmitted, type SubmittedCall } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { appliesTo, doesNotApply } from './tool-for.ts'

type Known = Pick<Records, 'clock'> & FleetView & { workspaces: Pick<WorkspaceDirectory, 'boundFor'> }

/** Agents in a sentence; `xeroctl workspaces show` lists them all. */
const mostNamed = 5

/** What an agent needs to be back after its router has started again, seconds. */
const backSeconds = 5

/**
 * What a submit answers when no online agent that serves the workspace offers the tool. It is
 * exec_tool_not_found (400) when no online agent offers it, or the tool is for workspaces of
 * another type. It is tool_executor_unavailable otherwise, and where a bound agent that is away
 * offered the tool when it was last here: it may be back in seconds, as after each start of the
 * router.
 */
export async function unserved(
  core: Known,
  projectId: string,
  { id, name: workspace, type }: Pick<WorkspaceRow, 'id' | 'name' | 'type'>,
  tool: string,
): Promise<Fault> {
  const online = core.fleet.offering(projectId, tool)
  const offering = online.filter((agent) => {
    const offered = agent.tools.get(tool)
    return offered !== undefined && appliesTo(offered, { type })
  })
  // Binding one of those would not help.
  if (online.length > 0 && offering.length === 0) return doesNotApply(tool, { type })
  const bound = await core.workspaces.boundFor(id, tool)
  const troubles = sentenceOf(bound.map((agent) => `${agent.name} ${troubleOf(core, agent, tool) ?? 'has just come'}`))
  const mayReturn = bound.some((agent) => agent.offers && healthOf(core, agent, false) === 'offline')
  // Else what is missing is a binding or an agent, and waiting brings neither.
  const waiting = mayReturn ? { retryAfter: backSeconds } : {}
  if (offering.length === 0) {
    const message =
      bound.length === 0
        ? `No online agent offers the tool ${tool}, and no agent is bound to the workspace ${workspace}.`
        : `No online agent offers the tool ${tool}. Of those bound to the workspace ${workspace}, ${troubles}. See \`xeroctl workspaces show ${workspace}\`.`
    if (mayReturn) return new Fault('tool_executor_unavailable', { param: 'workspace', message, ...waiting })
    return new Fault('exec_tool_not_found', { status: 400, param: 'tool', message })
  }
  const why =
    bound.length === 0
      ? `No agent is bound to the workspace ${workspace}.`
      : `No online agent of the workspace ${workspace} offers the tool ${tool}: ${troubles}.`
  const other = offering.find((agent) => bound.every((one) => one.id !== agent.id))
  const hint =
    other === undefined
      ? ''
      : ` ${other.name} offers ${tool}: \`xeroctl workspaces bind ${workspace} --agent ${other.name}\`.`
  return new Fault('tool_executor_unavailable', { param: 'workspace', message: why + hint, ...waiting })
}

/**
 * What kept every agent of the workspace from a call that waited. Undefined when one could have run
 * it, and was only full.
 */
export async function whyNobodyCame(core: Known, workspaceId: string, tool: string): Promise<string | undefined> {
  const bound = await core.workspaces.boundFor(workspaceId, tool)
  if (bound.length === 0) return 'no agent is bound to its workspace any more'
  const troubles = bound.map((agent) => ({ agent, trouble: troubleOf(core, agent, tool) }))
  if (troubles.some(({ trouble }) => trouble === undefined)) return undefined
  return sentenceOf(troubles.map(({ agent, trouble }) => `${agent.name} ${trouble}`))
}

/** Why no agent has a queued call yet: what keeps each of its workspace from it now. */
export async function whatItWaitsFor(core: Known, call: SubmittedCall): Promise<string> {
  const bound = await core.workspaces.boundFor(call.workspace_id, call.tool)
  if (bound.length === 0) return 'no agent is bound to its workspace any more'
  return sentenceOf(
    bound.map((agent) => `${agent.name} ${troubleOf(core, agent, call.tool) ?? delayOf(core, agent, call)}`),
  )
}

/** What keeps an agent that could run the call from it for now. */
function delayOf({ fleet, clock }: Known, { id, project_id }: BoundForRow, call: SubmittedCall): string {
  const agent = fleet.get(project_id, id)
  if (agent === undefined) return 'has just left'
  if (!runsAsSubmitted(agent, call)) return `offers ${call.tool} in another version`
  const calls = agent.inFlight.size
  if (calls >= agent.maxConcurrent) return `is busy (${calls} of ${agent.maxConcurrent} calls)`
  return agent.restsUntil > clock.monotonic() ? 'has just refused a call for now' : 'has just come free'
}

function troubleOf(core: Known, agent: BoundForRow, tool: string): string | undefined {
  const health = healthOf(core, agent, false)
  const works = health === 'healthy' || health === 'degraded'
  const connected = works || health === 'draining' || health === 'unhealthy'
  // What it offers now stands in the fleet.
  const offers = connected ? core.fleet.get(agent.project_id, agent.id)?.tools.has(tool) : agent.offers
  const facts: string[] = []
  if (health === 'pending') facts.push('has never connected')
  else if (!works) facts.push(`is ${health}`)
  if (agent.pause !== null) facts.push(`is paused${agent.pause.reason === null ? '' : ` (${agent.pause.reason})`}`)
  if (!offers && isHeld(core, agent, tool)) facts.push(`holds ${tool} until its lower risk is accepted`)
  else if (!offers && health !== 'pending') facts.push(`${connected ? 'does' : 'did'} not offer ${tool}`)
  return facts.length === 0 ? undefined : facts.join(' and ')
}

function sentenceOf(parts: string[]): string {
  const rest = parts.length - mostNamed
  return rest <= 0 ? parts.join(', ') : `${parts.slice(0, mostNamed).join(', ')}, and ${rest} more cannot either`
}

/** Whether the agent offers the tool under a lower risk than it is known by (known-risks.ts). */
function isHeld({ fleet }: Known, { project_id, id }: BoundForRow, tool: string): boolean {
  return fleet.get(project_id, id)?.manifest?.tools.some(({ name }) => name === tool) ?? false
}
