import type { Event } from '@xerotier/protocol/api/events.ts'
import type { StreamedEvent } from '@xerotier/protocol/api/streamed-event.ts'
import type { Selectable } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import { eventIdOf } from './cursor.ts'
import type { LoggedEvent } from './event-log.ts'

export function presentEvent(row: Selectable<Tables['events']> & { actor_name: string | null }): Event {
  return {
    id: eventIdOf(row),
    object: 'event',
    kind: row.kind,
    at: row.at.toISOString(),
    actor: row.actor,
    actor_name: row.actor_name,
    actor_key: row.actor_key,
    door: row.door,
    execution_id: row.execution_id,
    approval_id: row.approval_id,
    agent_id: row.agent_id,
    workspace_id: row.workspace_id,
    data: row.data,
  }
}

/** @param names of actors, by id */
export function presentStreamed(event: LoggedEvent, names: ReadonlyMap<string, string>): StreamedEvent {
  const { kind, at, actor, actor_key, door } = event
  return { kind, at: at.toISOString(), actor, actor_name: names.get(actor) ?? null, actor_key, door }
}

/** The same of one as a stream has it. @param names of actors, by id */
export function presentLogged({ id, ...event }: LoggedEvent, names: ReadonlyMap<string, string>): Event {
  const { kind, actor, actor_key, door, execution_id, approval_id, agent_id, workspace_id, data } = event
  const about = { actor, actor_name: names.get(actor) ?? null, actor_key, door }
  const of = { execution_id, approval_id, agent_id, workspace_id }
  return { id, object: 'event', kind, at: event.at.toISOString(), ...about, ...of, data }
}
