import type { Database, Tx } from './database.ts'
import type { ChannelRow, PushKeyRow } from './tables.ts'

export function selectCurrentPushKey(db: Database | Tx): Promise<PushKeyRow | undefined> {
  return db.selectFrom('push_keys').selectAll().where('current', '=', true).executeTakeFirst()
}

export function selectPushKey(db: Database | Tx, id: string): Promise<PushKeyRow | undefined> {
  return db.selectFrom('push_keys').selectAll().where('id', '=', id).executeTakeFirst()
}

/** By its public half; it stays until the transaction ends. */
export function selectPushKeyOf(tx: Tx, publicKey: Buffer): Promise<PushKeyRow | undefined> {
  return tx.selectFrom('push_keys').selectAll().where('public_key', '=', publicKey).forKeyShare().executeTakeFirst()
}

/** Those of a person, oldest first. */
export function selectDevices(db: Database | Tx, projectId: string, userId: string): Promise<ChannelRow[]> {
  return devices(db, projectId).where('user_id', '=', userId).orderBy('id').execute()
}

export function selectDevice(
  db: Database,
  projectId: string,
  userId: string,
  id: string,
): Promise<ChannelRow | undefined> {
  return devices(db, projectId).where('user_id', '=', userId).where('id', '=', id).executeTakeFirst()
}

/** All of a project, while nobody else adds one. */
export async function lockDevices(tx: Tx, projectId: string): Promise<ChannelRow[]> {
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute()
  return devices(tx, projectId).execute()
}

function devices(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('channels')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('kind', '=', 'push')
    .where('deleted_at', 'is', null)
}
