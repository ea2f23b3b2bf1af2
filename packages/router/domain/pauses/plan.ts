// What a pause would touch, before somebody pauses: the blast radius.
import type { Pause, PausePlan } from '@xerotier/protocol/api/pauses.ts'
import { isInFlight } from '@xerotier/protocol/lifecycles/execution.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type Counted, countTouched, selectServing } from '../../store/pause-plans.ts'
import { selectAgentPauses, selectPauseOf } from '../../store/pauses.ts'
import type { Member } from '../actor.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { healthOf } from '../fleet/health.ts'
import { takes } from '../fleet/online-agent.ts'
import { targetOf } from '../lifecycles/pause.ts'
import type { Records } from '../records.ts'
import { presentPause } from './read.ts'
import { findTarget, type Named, type Target } from './target.ts'

/** @throws Fault as `startPause` */
export async function planPause(
  core: Pick<Records, 'store' | 'clock'> & FleetView & Directory,
  actor: Member,
  named: Named,
): Promise<PausePlan> {
  const { projectId } = actor
  const { db } = core.store
  const target = await findTarget(core, actor, named)
  const known = await selectPauseOf(db, projectId, target)
  const counted = await countTouched(db, projectId, target)
  const serving = await selectServing(db, projectId, target)
  const pause: Pause | null = known === undefined ? null : presentPause(known, undefined)
  const listed = <Item>(items: Item[]) => items.slice(0, limits.pauseListed)
  return {
    object: 'pause_plan',
    target: targetOf(target),
    ...target,
    pause,
    ...countsOf(counted),
    agents: listed(await agentsOf(core, projectId, target, { counted, serving })),
    workspaces: listed(workspacesOf(core, projectId, target, { counted, serving })),
    tools: listed(
      [...Map.groupBy(counted, ({ tool, risk }) => `${tool} ${risk}`).values()].flatMap((rows) => {
        const [first] = rows
        return first === undefined ? [] : [{ tool: first.tool, risk: first.risk, ...countsOf(rows) }]
      }),
    ),
  }
}

interface Found {
  counted: readonly Counted[]
  serving: Awaited<ReturnType<typeof selectServing>>
}

function countsOf(rows: readonly Counted[]): Pick<PausePlan, 'running' | 'queued' | 'pending_approval'> {
  const sum = (fits: (row: Counted) => boolean) => rows.filter(fits).reduce((total, { count }) => total + count, 0)
  return {
    running: sum(({ state }) => isInFlight(state)),
    queued: sum(({ state }) => state === 'queued'),
    pending_approval: sum(({ state }) => state === 'pending_approval'),
  }
}

/** Those that serve what would be paused, each once; of a tool only those that offer it now. */
async function agentsOf(
  core: Pick<Records, 'store' | 'clock'> & FleetView,
  projectId: string,
  { tool }: Target,
  { counted, serving }: Found,
): Promise<PausePlan['agents']> {
  const agents = new Map(
    serving.flatMap(({ agent_id: id, agent, state }) =>
      id === null || agent === null || state === null ? [] : [[id, { id, agent, state }] as const],
    ),
  )
  const pauses = await selectAgentPauses(core.store.db, [...agents.keys()])
  return [...agents.values()]
    .filter(({ id }) => tool === null || core.fleet.get(projectId, id)?.tools.has(tool))
    .map(({ id, agent, state }) => {
      const paused = pauses.some(({ agent_id, workspace_id }) => agent_id === id && workspace_id === null)
      return {
        agent_id: id,
        agent,
        health: healthOf(core, { id, project_id: projectId, state }, paused),
        running: countsOf(counted.filter(({ agent_id }) => agent_id === id)).running,
      }
    })
}

function workspacesOf(
  { fleet }: FleetView,
  projectId: string,
  target: Target,
  { counted, serving }: Found,
): PausePlan['workspaces'] {
  const names = new Map(serving.map(({ workspace_id, workspace }) => [workspace_id, workspace]))
  const touched = Map.groupBy(counted, ({ workspace_id }) => workspace_id)
  // A tool is not called everywhere.
  const ids = target.tool !== null && target.workspace_id === null ? touched.keys() : names.keys()
  const online = target.agent_id === null ? [] : fleet.inProject(projectId).filter(({ id }) => id !== target.agent_id)
  return [...ids].map((workspace_id) => ({
    workspace_id,
    workspace: names.get(workspace_id) ?? touched.get(workspace_id)?.[0]?.workspace ?? '',
    ...countsOf(touched.get(workspace_id) ?? []),
    others: fleet.stops.holdsAll(projectId, workspace_id)
      ? 0
      : online.filter((agent) => takes(agent, workspace_id)).length,
  }))
}
