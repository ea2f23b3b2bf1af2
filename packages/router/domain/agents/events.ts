import type { Event } from '@xerotier/protocol/api/events.ts'
import { selectAgentEvents } from '../../store/events.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { cursorOf } from '../events/cursor.ts'
import { presentEvent } from '../events/present.ts'
import { type Page, toPage } from '../page.ts'
import type { Records } from '../records.ts'

/** The agent's life, newest first. @throws Fault agent_not_found, invalid_request */
export async function listAgentEvents(
  core: Pick<Records, 'store'>,
  actor: Member,
  reference: string,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Event>> {
  const agent = await findAgent(core.store.db, actor.projectId, reference)
  const before = query.after === undefined ? undefined : cursorOf(query.after, 'after')
  const rows = await selectAgentEvents(core.store.db, agent.id, { limit: query.limit, before })
  return toPage(rows, query.limit, presentEvent, (event) => event.id)
}
