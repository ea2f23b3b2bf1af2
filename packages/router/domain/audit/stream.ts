import type { AuditRecord } from '@xerotier/protocol/api/audit.ts'
import { selectActorNames } from '../../store/names.ts'
import type { Member } from '../actor.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { requireAllAfter } from '../events/resume.ts'
import type { StreamSink } from '../events/sink.ts'
import type { Records } from '../records.ts'
import { filterOf, type RecordQuery } from './records.ts'

/**
 * Records as they are written; where they are in the sealed log is known later.
 * @throws Fault invalid_request, events_removed
 */
export async function streamRecords(
  core: Records & { eventLog: EventLog },
  { projectId }: Member,
  query: RecordQuery,
  lastEventId: string | undefined,
): Promise<(sink: StreamSink) => Subscription> {
  const { db } = core.store
  await requireAllAfter(core, projectId, lastEventId)
  const { kinds, actors, subjects, executionId, approvalId } = await filterOf(db, projectId, query)
  const isOf = (names: readonly string[] | undefined, found: readonly unknown[]) =>
    names === undefined || found.some((one) => typeof one === 'string' && names.includes(one))
  const wanted = ({ kind, actor, actor_key, ...of }: LoggedEvent) =>
    isOf(kinds, [kind, kind.slice(0, kind.indexOf('.'))]) &&
    isOf(actors, [actor, actor_key]) &&
    isOf(subjects, [actor, actor_key, of.agent_id, of.workspace_id, ...Object.values(of.data)]) &&
    (executionId === undefined || of.execution_id === executionId) &&
    (approvalId === undefined || of.approval_id === approvalId)

  return (sink) =>
    core.eventLog.subscribe(
      projectId,
      { after: lastEventId, executionId },
      async (events) => {
        const told = events.filter(wanted)
        if (told.length === 0) return
        const names = await selectActorNames(
          db,
          projectId,
          told.map(({ actor }) => actor),
        )
        return sink.write(
          told.map((event) => ({ name: 'audit.record', id: event.id, data: presentLogged(event, names) })),
        )
      },
      () => sink.end(),
    )
}

function presentLogged(event: LoggedEvent, names: ReadonlyMap<string, string>): AuditRecord {
  const { project_id, at, ...rest } = event
  return {
    ...rest,
    object: 'audit_record',
    at: at.toISOString(),
    actor_name: names.get(event.actor) ?? null,
    index: null,
  }
}
