// Executions as they happen: all of a project, or one from its beginning to its end with its
// output.

import type { ExecutionEvent } from '@xerotier/protocol/api/executions.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { publicEventNames } from '@xerotier/protocol/events.ts'
import { executionStates, settledExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { selectExecutionEnds } from '../../store/events.ts'
import { type NamedExecutionRow, selectNamedExecutions } from '../../store/executions.ts'
import { selectActorNames } from '../../store/names.ts'
import type { Member } from '../actor.ts'
import { findAgentId } from '../directory/find-agent.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import { compareCursors, cursorOf, type EventId, eventIdOf } from '../events/cursor.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { madeOnce, piecesOf } from '../events/made-once.ts'
import { presentStreamed } from '../events/present.ts'
import { requireAllAfter } from '../events/resume.ts'
import type { StreamItem, StreamSink } from '../events/sink.ts'
import { wordsOf } from '../page.ts'
import { findActors } from '../people/find-actors.ts'
import type { Records } from '../records.ts'
import { findExecution } from './find.ts'
import { presentNamed } from './list.ts'
import { type OutputPlace, outputId, outputPage, presentAttempt, withOutputIds } from './output-pages.ts'

export interface ExecutionStreamQuery {
  execution_id?: string | undefined
  workspace?: string | undefined
  agent?: string | undefined
  tool?: string | undefined
  status?: string | undefined
  risk?: string | undefined
  requester?: string | undefined
  output: 'true' | 'false'
}

const eventsPerWrite = 16
const settledKinds = settledExecutionStates.map((state) => `execution.${state}`)

/**
 * Checks what was asked for. The function that it returns starts the stream.
 * @param lastEventId from where to resume; without it one execution is told from its beginning, and
 * all from now on
 * @throws Fault invalid_request, workspace_not_found, agent_not_found, execution_not_found,
 * events_removed
 */
export async function streamExecutions(
  core: Records & Directory & { eventLog: EventLog },
  actor: Member,
  query: ExecutionStreamQuery,
  lastEventId: string | undefined,
): Promise<(sink: StreamSink) => Subscription> {
  const { projectId } = actor
  const resume = lastEventId === undefined ? undefined : outputCursorOf(lastEventId)
  await requireAllAfter(core, projectId, resume?.event)
  const wanted = await filterOf(core, projectId, query)
  if (query.execution_id === undefined) {
    if (query.output === 'true') {
      throw new Fault('invalid_request', { message: 'output: needs execution_id', param: 'output' })
    }
    return (sink) =>
      core.eventLog.subscribe(
        projectId,
        { after: resume?.event },
        async (events) => tell(core, sink, events, wanted),
        () => sink.end(),
      )
  }

  const { id, attempt } = await findExecution(core, projectId, query.execution_id)
  const ends = await selectExecutionEnds(core.store.db, id)
  const after = resume?.event ?? justBefore(ends.first)
  const over =
    resume !== undefined &&
    ends.last !== undefined &&
    settledKinds.includes(ends.last.kind) &&
    compareCursors(cursorOf(after, 'Last-Event-ID'), ends.last) >= 0
  const output =
    query.output === 'true'
      ? outputReader(core, id, { event: after, ...(resume?.output ?? { attempt, seq: -1 }) })
      : undefined
  return (sink) => {
    if (over) {
      queueMicrotask(() => sink.end())
      return { ready: Promise.resolve(output?.cursor() ?? after), close() {} }
    }
    const options = { after, executionId: id, everyWake: output !== undefined }
    const onEvents = async (events: readonly LoggedEvent[]) => {
      const last = events.findIndex((event) => settledKinds.includes(event.kind))
      const before = last === -1 ? events : events.slice(0, last)
      await tell(core, sink, before, wanted, output?.mark)
      await output?.drain(sink)
      if (last === -1) return
      await tell(core, sink, events.slice(last, last + 1), wanted, output?.mark)
      sink.end()
    }
    // Before anything is read: what was read is not yet written.
    const place = output?.cursor()
    const subscription = core.eventLog.subscribe(projectId, options, onEvents, () => sink.end())
    if (place === undefined) return subscription
    // A place in the events alone would tell the output again to whoever resumes there.
    return { ...subscription, ready: subscription.ready.then(() => place) }
  }
}

type Wanted = (row: NamedExecutionRow | undefined, kind: string | undefined) => boolean

async function filterOf(
  core: Pick<Records, 'store'> & Directory,
  projectId: string,
  query: ExecutionStreamQuery,
): Promise<Wanted | undefined> {
  const { workspace, agent, tool, status, risk, requester } = query
  if ([workspace, agent, tool, status, risk, requester].every((one) => one === undefined)) return undefined
  const { db } = core.store
  const workspaceId =
    workspace === undefined ? undefined : (await findWorkspaceOfHistory(core, projectId, workspace)).id
  const agentId = agent === undefined ? undefined : await findAgentId(db, projectId, agent)
  const kinds = wordsOf(status, 'status', executionStates)?.map((state) => `execution.${state}`)
  const ofRisks = wordsOf(risk, 'risk', risks)
  const requesters = requester === undefined ? undefined : await findActors(db, projectId, 'requester', requester)
  return (row, kind) =>
    row !== undefined &&
    (workspaceId === undefined || row.workspace_id === workspaceId) &&
    (agentId === undefined || row.agent_id === agentId) &&
    (tool === undefined || row.tool === tool) &&
    (kinds === undefined || (kind !== undefined && kinds.includes(kind))) &&
    (ofRisks === undefined || ofRisks.includes(row.risk)) &&
    (requesters === undefined || requesters.includes(row.requested_by))
}

/** Writes the public events of a page, a few at a time: each comes with a whole result. */
async function tell(
  core: Pick<Records, 'store'>,
  sink: StreamSink,
  events: readonly LoggedEvent[],
  wanted: Wanted | undefined,
  mark?: (items: readonly StreamItem[]) => readonly StreamItem[],
): Promise<void> {
  for (const piece of piecesOf(events, eventsPerWrite)) {
    const told = await toldOf(core, piece)
    // The same array for all who want everything: it is written once.
    const items =
      wanted === undefined ? told.items : told.items.filter((_, at) => wanted(told.rows[at], told.kinds[at]))
    await sink.write(mark === undefined ? items : mark(items))
  }
}

/**
 * The public events of a batch, each with its execution as it is now. A batch takes one query for
 * the executions, and one for the actors, however many readers there are.
 */
const toldOf = madeOnce(async ({ store }: Pick<Records, 'store'>, events) => {
  const told = events.flatMap((event) => {
    const name = event.kind.startsWith('execution.') ? publicEventNames[event.kind] : undefined
    return name === undefined || event.execution_id === null ? [] : [{ event, name, id: event.execution_id }]
  })
  const items: StreamItem[] = []
  const rows: NamedExecutionRow[] = []
  const kinds: string[] = []
  const [first] = told
  if (first === undefined) return { items, rows, kinds }
  const [executions, names] = await Promise.all([
    selectNamedExecutions(store.db, [...new Set(told.map(({ id }) => id))]),
    selectActorNames(
      store.db,
      first.event.project_id,
      told.map(({ event }) => event.actor),
    ),
  ])
  const byId = new Map(executions.map((row) => [row.id, row]))
  for (const { event, name, id } of told) {
    const row = byId.get(id)
    if (row === undefined) continue
    const data: ExecutionEvent = { ...presentNamed(row), event: presentStreamed(event, names) }
    items.push({ name, id: event.id, data })
    rows.push(row)
    kinds.push(event.kind)
  }
  return { items, rows, kinds }
})

/** Reads on from where it stopped. */
function outputReader(core: Pick<Records, 'store'>, executionId: string, from: OutputPlace) {
  let place = from
  return {
    /** Where the reader is now. */
    cursor: (): EventId => outputId(place),
    mark(items: readonly StreamItem[]): readonly StreamItem[] {
      place = { ...place, event: items.at(-1)?.id ?? place.event }
      return withOutputIds(items, place)
    },
    async drain(sink: StreamSink): Promise<void> {
      const row = await presentAttempt(core, executionId)
      if (row === undefined) return
      if (row.attempt !== place.attempt) place = { ...place, attempt: row.attempt, seq: -1 }
      while (true) {
        const { items, seq, isFull } = await outputPage(core, { ...place, executionId, call: row })
        place = { ...place, seq }
        await sink.write(items)
        if (!isFull) return
      }
    },
  }
}

/** @throws Fault invalid_request */
function outputCursorOf(id: string): { event: EventId; output: Omit<OutputPlace, 'event'> | undefined } {
  const match = /^([^.]+)(?:\.(\d{1,9})\.(-1|\d{1,9}))?$/.exec(id)
  const event = eventIdOf(cursorOf(match?.[1] ?? '', 'Last-Event-ID'))
  const output = match?.[2] === undefined ? undefined : { attempt: Number(match[2]), seq: Number(match[3]) }
  return { event, output }
}

function justBefore(first: { xid: string; seq: string } | undefined): EventId {
  return first === undefined ? '0-0' : eventIdOf({ xid: first.xid, seq: String(BigInt(first.seq) - 1n) })
}
