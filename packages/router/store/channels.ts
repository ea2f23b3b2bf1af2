import type { ChannelKind } from '@xerotier/protocol/api/channels.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { ChannelRow } from './tables.ts'

export function selectChannel(db: Database | Tx, projectId: string, id: string) {
  return db
    .selectFrom('channels')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

/** Locks the row until the transaction ends. */
export function lockChannel(tx: Tx, projectId: string, id: string) {
  return tx
    .selectFrom('channels')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

/** One that was deleted is not there any more. */
export function selectReceiver(db: Database, id: string): Promise<ChannelRow | undefined> {
  return db.selectFrom('channels').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
}

export function selectChannels(
  db: Database,
  projectId: string,
  page: { kinds: ChannelKind[]; limit: number; after?: string | undefined },
) {
  let query = db
    .selectFrom('channels')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('kind', 'in', page.kinds)
    .where('deleted_at', 'is', null)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Whoever may have to be told of what happens in these projects. */
export function selectActiveChannels(tx: Tx, projectIds: string[]): Promise<ChannelRow[]> {
  return tx
    .selectFrom('channels')
    .selectAll()
    .where('project_id', 'in', projectIds)
    .where('deleted_at', 'is', null)
    .where('active', '=', true)
    .execute()
}

/**
 * Locks the project, so that of two who look at once the second sees what the first added.
 * @returns how many it has
 */
export async function lockChannelCount(tx: Tx, projectId: string): Promise<number> {
  await lockProject(tx, projectId)
  const { count } = await tx
    .selectFrom('channels')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('project_id', '=', projectId)
    // Devices have a limit of their own.
    .where('kind', '!=', 'push')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** Locks the project. @returns the ids of what is called so, webhooks left out */
export async function lockChannelsNamed(tx: Tx, projectId: string, name: string): Promise<string[]> {
  await lockProject(tx, projectId)
  const rows = await tx
    .selectFrom('channels')
    .select('id')
    .where('project_id', '=', projectId)
    .where('name', '=', name)
    .where('kind', '!=', 'webhook')
    .where('deleted_at', 'is', null)
    .execute()
  return rows.map(({ id }) => id)
}

async function lockProject(tx: Tx, projectId: string): Promise<void> {
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute()
}

/** Whether anybody, in any project, may have to be told of what happens. */
export const anybodyListens = sql<boolean>`exists (select from channels where deleted_at is null and active)`

/** The names of workspaces, deleted ones too, by id. */
export async function selectWorkspaceNames(db: Database | Tx, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from workspaces where id = any(${ids}::text[])`.execute(db)
  return new Map(rows.map(({ id, name }) => [id, name]))
}
