// What the dashboard hears of a project: the one log, told in the names of `/ops/stream`.
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { Execution } from '@xerotier/protocol/api/executions.ts'
import type { Scope } from '@xerotier/protocol/api/scopes.ts'
import { type OpsEventName, opsEventOf } from '@xerotier/protocol/ops-events.ts'
import { selectAgentsById } from '../../store/agents.ts'
import { selectNamedApprovals } from '../../store/approvals.ts'
import { selectNamedExecutions } from '../../store/executions.ts'
import { type Member, may } from '../actor.ts'
import { presentAgentRow } from '../agents/present.ts'
import { presentNamed as presentApprovals } from '../approvals/list.ts'
import { cursorOf } from '../events/cursor.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { madeOnce, piecesOf } from '../events/made-once.ts'
import type { StreamItem, StreamSink } from '../events/sink.ts'
import { presentNamed as presentExecution } from '../executions/list.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'

type Core = Records & FleetView & { eventLog: EventLog }

interface Told extends StreamItem {
  scope: Scope
}

const eventsPerWrite = 16

/**
 * The function that it returns starts the stream. One that resumes before what retention has left
 * is given that: a page asks anew for all that it shows whenever its stream is back.
 * @throws Fault invalid_request for a `lastEventId` that is none
 */
export function streamDashboard(
  core: Core,
  actor: Member,
  lastEventId: string | undefined,
): (sink: StreamSink) => Subscription {
  if (lastEventId !== undefined) cursorOf(lastEventId, 'Last-Event-ID')
  return (sink) =>
    core.eventLog.subscribe(
      actor.projectId,
      { after: lastEventId },
      async (events) => {
        for (const piece of piecesOf(events, eventsPerWrite)) {
          const told = await toldOf(core, piece)
          await sink.write(told.filter(({ scope }) => may(actor, scope)))
        }
      },
      () => sink.end(),
    )
}

const toldOf = madeOnce(async (core: Core, events): Promise<Told[]> => {
  const named = events.flatMap((event) => {
    const name = opsEventOf[event.kind]
    return name === undefined ? [] : [{ event, name }]
  })
  if (named.length === 0) return []
  const rows = await rowsOf(
    core,
    named.map(({ event }) => event),
  )
  return named.flatMap(({ event, name }) => {
    const data = dataOf(name, event, rows)
    if (data === undefined) return []
    const scope = /^ox\.(?:execution|approval)/.test(name) ? 'execution' : 'management'
    return [{ name, id: event.id, data, scope }]
  })
})

interface Rows {
  executions: ReadonlyMap<string, Execution>
  approvals: ReadonlyMap<string, Approval>
  agents: ReadonlyMap<string, object>
}

async function rowsOf(core: Core, events: readonly LoggedEvent[]): Promise<Rows> {
  const { db } = core.store
  const isCall = ({ kind }: LoggedEvent) => kind.startsWith('execution.')
  const calls = idsOf(events.filter(isCall).map(({ execution_id }) => execution_id))
  const asked = idsOf(events.filter((event) => !isCall(event)).map(({ approval_id }) => approval_id))
  const hosts = idsOf(events.filter((event) => !isCall(event)).map(({ agent_id }) => agent_id))
  const [executions, approvals, agents] = await Promise.all([
    calls.length === 0 ? [] : selectNamedExecutions(db, calls),
    asked.length === 0 ? [] : selectNamedApprovals(db, asked).then((found) => presentApprovals(core, db, found)),
    hosts.length === 0
      ? []
      : selectAgentsById(db, hosts).then((found) => Promise.all(found.map((row) => presentAgentRow(core, row)))),
  ])
  return {
    executions: new Map(executions.map((row) => [row.id, presentExecution(row)])),
    approvals: new Map(approvals.map((approval) => [approval.id, approval])),
    agents: new Map(agents.map((agent) => [agent.id, agent])),
  }
}

function idsOf(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}

/** Undefined for what is not there any more. */
function dataOf(name: OpsEventName, { kind, data, ...event }: LoggedEvent, rows: Rows): object | undefined {
  const execution = event.execution_id === null ? undefined : rows.executions.get(event.execution_id)
  const approval = event.approval_id === null ? undefined : rows.approvals.get(event.approval_id)
  const agent = event.agent_id === null ? undefined : rows.agents.get(event.agent_id)
  switch (name) {
    case 'ox.execution.failed': {
      const state = kind.slice('execution.'.length)
      return execution && { ...execution, error: execution.error ?? { code: state, message: `The call is ${state}.` } }
    }
    case 'ox.execution.started':
    case 'ox.execution.completed':
      return execution
    case 'ox.approval.decided':
      return event.approval_id === null ? undefined : { id: event.approval_id }
    case 'ox.approval.escalated':
      return approval && { ...approval, stage_index: approval.asked.stage }
    case 'ox.approval.requested':
    case 'ox.approval.timed_out':
      return approval
    case 'ox.discovery.found':
      return kind === 'agent.enrolled' ? agent && { kind: 'agent', ...agent } : { kind: 'candidate', ...data }
    case 'ox.manifest.updated':
      return { agent_id: event.agent_id, agent, ...data }
    default:
      return agent
  }
}
