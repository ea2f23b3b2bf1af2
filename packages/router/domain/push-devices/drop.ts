// Devices that are told nothing any more: their person said so, has left, or logged that browser
// out; or its push service knows it no longer.
import type { Actor } from '../actor.ts'
import type { Writing } from '../events/write.ts'
import { dropUnusedKeys } from './key.ts'

interface Which {
  id?: string
  projectId?: string
  userId?: string
  sessionId?: string
}

/** In the transaction of whoever says so. @returns how many there were */
export async function dropDevices(writing: Writing, actor: Actor, which: Which, reason: string): Promise<number> {
  const { tx, now, append } = writing
  const { id, projectId, userId, sessionId } = which
  let query = tx
    .updateTable('channels')
    .set({ deleted_at: now, updated_at: now, active: false, secret: null, push_key: null })
    .where('kind', '=', 'push')
    .where('deleted_at', 'is', null)
  if (id !== undefined) query = query.where('id', '=', id)
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  if (sessionId !== undefined) query = query.where('session_id', '=', sessionId)
  const dropped = await query.returning(['id', 'project_id']).execute()
  for (const { id: channel_id, project_id } of dropped)
    append({ project_id, kind: 'channel.deleted', actor, data: { channel_id, reason } })
  if (dropped.length > 0) await dropUnusedKeys(writing)
  return dropped.length
}
