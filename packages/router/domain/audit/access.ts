// What somebody read stands in the log before it is given to them.
import type { AccessKind } from '@xerotier/protocol/events.ts'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import { isUuid } from '../page.ts'
import type { Records } from '../records.ts'

export interface Reading {
  kind: Exclude<AccessKind, 'access.refused'>
  /** The route, as an id. */
  route: string
  /** What was named: ids, or names that people chose. */
  params: Readonly<Record<string, string>>
}

/** Of what is found and will be answered. */
export async function noteReading(core: Records, actor: Member, { kind, route, params }: Reading): Promise<void> {
  const { project_id: _, id, ...more } = params
  await write(core, async ({ append }) => {
    append({
      project_id: actor.projectId,
      kind,
      actor,
      ...(id !== undefined && isUuid(id) ? { execution_id: id } : {}),
      data: { route, ...(id === undefined ? {} : { id }), ...more },
    })
  })
}
