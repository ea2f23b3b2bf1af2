import type { ApprovalEvent } from '@xerotier/protocol/api/approvals.ts'
import { publicEventNames } from '@xerotier/protocol/events.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { selectNamedApprovals } from '../../store/approvals.ts'
import { selectActorNames } from '../../store/names.ts'
import type { Member } from '../actor.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { cursorOf } from '../events/cursor.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { presentStreamed } from '../events/present.ts'
import type { StreamItem, StreamSink } from '../events/sink.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { presentNamed } from './list.ts'

/**
 * Checks what was asked for; the function it returns starts the stream.
 * @throws Fault invalid_request, workspace_not_found
 */
export async function streamApprovals(
  core: Records & Directory & FleetView & { eventLog: EventLog },
  actor: Member,
  query: { workspace?: string | undefined; risk?: string | undefined },
  lastEventId: string | undefined,
): Promise<(sink: StreamSink) => Subscription> {
  const { projectId } = actor
  if (lastEventId !== undefined) cursorOf(lastEventId, 'Last-Event-ID')
  const levels = wordsOf(query.risk, 'risk', risks)
  const workspace =
    query.workspace === undefined ? undefined : await findWorkspaceOfHistory(core, projectId, query.workspace)

  const itemsOf = async (events: LoggedEvent[]): Promise<StreamItem[]> => {
    const told = events.flatMap((event) => {
      const name = event.kind.startsWith('approval.') ? publicEventNames[event.kind] : undefined
      return name === undefined || event.approval_id === null ? [] : [{ event, name, id: event.approval_id }]
    })
    if (told.length === 0) return []
    const { db } = core.store
    const actors = told.map(({ event }) => event.actor)
    const [approvals, names] = await Promise.all([
      selectNamedApprovals(db, [...new Set(told.map(({ id }) => id))]),
      selectActorNames(db, projectId, actors),
    ])
    const rows = new Map(approvals.map((row) => [row.id, row]))
    return told.flatMap(({ event, name, id }) => {
      const row = rows.get(id)
      if (row === undefined || (workspace !== undefined && row.workspace_id !== workspace.id)) return []
      if (levels !== undefined && !levels.includes(row.risk)) return []
      const data: ApprovalEvent = { ...presentNamed(core, row), event: presentStreamed(event, names) }
      return [{ name, id: event.id, data }]
    })
  }
  return (sink) =>
    core.eventLog.subscribe(
      projectId,
      { after: lastEventId },
      async (events) => sink.write(await itemsOf(events)),
      () => sink.end(),
    )
}
