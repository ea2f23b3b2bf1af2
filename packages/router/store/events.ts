import type { EventKind } from '@xerotier/protocol/events.ts'
import type { Database, Tx } from './database.ts'

export interface NewEvent {
  at: Date
  project_id: string
  kind: EventKind
  /** An API key id, an agent id, or `router`. */
  actor: string
  execution_id?: string
  approval_id?: string
  agent_id?: string
  workspace_id?: string
  data?: Record<string, unknown>
}

/** Appends to the one log, inside the transaction that does what the events say. */
export async function appendEvents(tx: Tx | Database, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx
    .insertInto('events')
    .values(
      events.map((event) => ({
        at: event.at,
        project_id: event.project_id,
        kind: event.kind,
        actor: event.actor,
        execution_id: event.execution_id ?? null,
        approval_id: event.approval_id ?? null,
        agent_id: event.agent_id ?? null,
        workspace_id: event.workspace_id ?? null,
        data: JSON.stringify(event.data ?? {}),
      })),
    )
    .execute()
}
