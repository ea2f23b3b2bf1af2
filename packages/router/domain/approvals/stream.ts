import { type ApprovalEvent, votes } from '@xerotier/protocol/api/approvals.ts'
import { publicEventNames } from '@xerotier/protocol/events.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { z } from 'zod'
import { selectNamedApprovals } from '../../store/approvals.ts'
import { selectActorNames } from '../../store/names.ts'
import type { Member } from '../actor.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { madeOnce } from '../events/made-once.ts'
import { presentStreamed } from '../events/present.ts'
import { requireAllAfter } from '../events/resume.ts'
import type { StreamItem, StreamSink } from '../events/sink.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { askedOf } from './asked.ts'
import { presentNamed } from './list.ts'

/**
 * Checks what was asked for; the function it returns starts the stream.
 * @throws Fault invalid_request, workspace_not_found, events_removed
 */
export async function streamApprovals(
  core: Records & Directory & FleetView & { eventLog: EventLog },
  actor: Member,
  query: { workspace?: string | undefined; risk?: string | undefined },
  lastEventId: string | undefined,
): Promise<(sink: StreamSink) => Subscription> {
  const { projectId } = actor
  await requireAllAfter(core, projectId, lastEventId)
  const levels = wordsOf(query.risk, 'risk', risks)
  const workspace =
    query.workspace === undefined ? undefined : await findWorkspaceOfHistory(core, projectId, query.workspace)

  const wanted = (row: NamedApproval | undefined) =>
    row !== undefined &&
    (workspace === undefined || row.workspace_id === workspace.id) &&
    (levels === undefined || levels.includes(row.risk))
  const isAll = workspace === undefined && levels === undefined
  return (sink) =>
    core.eventLog.subscribe(
      projectId,
      { after: lastEventId },
      async (events) => {
        const { items, rows } = await toldOf(core, events)
        return sink.write(isAll ? items : items.filter((_, at) => wanted(rows[at])))
      },
      () => sink.end(),
    )
}

const votingSchema = z.object({ stage: z.int().nullable().catch(null), vote: z.enum(votes).nullable().catch(null) })

/** Of the event: the record may be in another stage by now. */
function votingIn({ data }: LoggedEvent, row: NamedApproval) {
  const { stage, vote } = votingSchema.parse(data)
  return { stage, stage_name: stage === null ? null : (askedOf(row).stages[stage]?.name ?? null), vote }
}

type NamedApproval = Awaited<ReturnType<typeof selectNamedApprovals>>[number]

/** The public events of a batch, each with its approval as it is now. */
const toldOf = madeOnce(async (core: Records & FleetView, events) => {
  const told = events.flatMap((event) => {
    const name = event.kind.startsWith('approval.') ? publicEventNames[event.kind] : undefined
    return name === undefined || event.approval_id === null ? [] : [{ event, name, id: event.approval_id }]
  })
  const items: StreamItem[] = []
  const rows: NamedApproval[] = []
  const [first] = told
  if (first === undefined) return { items, rows }
  const { db } = core.store
  const actors = told.map(({ event }) => event.actor)
  const [approvals, names] = await Promise.all([
    selectNamedApprovals(db, [...new Set(told.map(({ id }) => id))]),
    selectActorNames(db, first.event.project_id, actors),
  ])
  const byId = new Map(approvals.map((row) => [row.id, row]))
  const presented = new Map((await presentNamed(core, db, approvals)).map((one) => [one.id, one]))
  for (const { event, name, id } of told) {
    const row = byId.get(id)
    const approval = presented.get(id)
    if (row === undefined || approval === undefined) continue
    const data: ApprovalEvent = { ...approval, event: { ...presentStreamed(event, names), ...votingIn(event, row) } }
    items.push({ name, id: event.id, data })
    rows.push(row)
  }
  return { items, rows }
})
