// The one way to change the record besides the commit lanes: a transaction that collects its
// events, commits, and wakes the readers of the log.
import type { EventKind } from '@xerotier/protocol/events.ts'
import { asNobody } from '@xerotier/runtime/asker.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import type { Contents } from '../../store/contents.ts'
import type { Tx } from '../../store/database.ts'
import { type Actor, cameBy } from '../actor.ts'
import type { Records } from '../records.ts'

export interface NewEvent {
  project_id: string
  kind: EventKind
  actor: Actor
  execution_id?: string
  approval_id?: string
  agent_id?: string
  workspace_id?: string
  data?: Record<string, unknown>
}

export interface Writing {
  tx: Tx
  /** The one time of everything that is written. */
  now: Date
  /** Seals what calls carry. */
  contents: Contents
  /** Notes an event of the transaction. */
  append(event: NewEvent): void
  /** What others must hear of, in this process: called once all is committed, in order. */
  after(effect: () => void): void
  /** What was done in memory already: taken back when nothing is committed. */
  undo(effect: () => void): void
}

/** One transaction that changes something and logs it. */
export async function write<T>(
  { store, clock, eventLog, log }: Pick<Records, 'store' | 'clock' | 'eventLog' | 'log'>,
  work: (writing: Writing) => Promise<T>,
): Promise<T> {
  const events: NewEvent[] = []
  const effects: (() => void)[] = []
  const undoing: (() => void)[] = []
  let result: T
  try {
    result = await store.db.transaction().execute(async (tx) => {
      const now = new Date(clock.now())
      const done = await work({
        tx,
        now,
        contents: store.contents,
        append: (event) => void events.push(event),
        after: (effect) => void effects.push(effect),
        undo: (effect) => void undoing.push(effect),
      })
      await insertEvents(tx, now, events)
      return done
    })
  } catch (error) {
    for (const effect of undoing) effect()
    throw error
  }
  if (events.length > 0) eventLog.wake()
  for (const effect of effects) asNobody(effect)
  for (const event of events) if (isManagement(event)) logChange(log, event)
  return result
}

/** A statement has 65,535 parameters at most. */
const rowsPerInsert = 1000

/** What somebody changed about the project: its settings, keys, agents and bindings; no calls. */
function isManagement({ actor, kind }: NewEvent): boolean {
  return (actor.kind === 'key' || actor.kind === 'person') && !/^(?:execution|approval)\./.test(kind)
}

function logChange(log: Log, { actor, kind, data, ...about }: NewEvent): void {
  const { key, door } = cameBy(actor)
  const who = { actor: actor.id, actor_name: actor.name, actor_key: key, door }
  log.notice({ ...about, ...data, event: kind, ...who }, 'the project was changed')
}

async function insertEvents(tx: Tx, at: Date, events: NewEvent[]): Promise<void> {
  const rows = events.map((event) => {
    const { key, door } = cameBy(event.actor)
    return {
      at,
      project_id: event.project_id,
      kind: event.kind,
      actor: event.actor.id,
      actor_key: key,
      door,
      execution_id: event.execution_id ?? null,
      approval_id: event.approval_id ?? null,
      agent_id: event.agent_id ?? null,
      workspace_id: event.workspace_id ?? null,
      data: JSON.stringify(event.data ?? {}),
    }
  })
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    const some = rows.slice(from, from + rowsPerInsert)
    await tx.insertInto('events').values(some).execute()
  }
}
