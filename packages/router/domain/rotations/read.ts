import { type Rotation, rotationSchema } from '@xerotier/protocol/api/rotations.ts'
import { type NamedRotationRow, selectRotationsOf } from '../../store/rotations.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import { idCursor, type Page, toPage } from '../page.ts'
import { publicForm } from '../public-form.ts'
import type { Records } from '../records.ts'

export const presentRotation = publicForm<Rotation, NamedRotationRow, undefined>(rotationSchema, {
  object: () => 'rotation',
  signature: ({ signature }) => signature?.toString('hex') ?? null,
  old_key_until: ({ ends_at }) => ends_at?.toISOString() ?? null,
})

/** Newest first. @throws Fault agent_not_found, invalid_request */
export async function listRotations(
  { store }: Pick<Records, 'store'>,
  { projectId }: Member,
  reference: string,
  query: { limit: number; after?: string | undefined },
): Promise<Page<Rotation>> {
  const agent = await findAgent(store.db, projectId, reference)
  const page = { limit: query.limit, after: idCursor('rot', query.after) }
  return toPage(
    await selectRotationsOf(store.db, projectId, agent.id, page),
    query.limit,
    (row) => presentRotation(row, undefined),
    ({ id }) => id,
  )
}
