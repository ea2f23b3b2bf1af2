import { openRotationStates } from '@xerotier/protocol/lifecycles/rotation.ts'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { actorName } from './names.ts'
import type { RotationRow } from './tables.ts'

function named(db: Database | Tx, projectId: string) {
  return db
    .selectFrom('rotations')
    .innerJoin('agents', 'agents.id', 'rotations.agent_id')
    .selectAll('rotations')
    .select('agents.name as agent')
    .select(actorName('rotations.requested_by', 'rotations.project_id').as('requested_by_name'))
    .where('rotations.project_id', '=', projectId)
}
export type NamedRotationRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

export function selectRotations(db: Database | Tx, projectId: string, ids: readonly string[]) {
  return named(db, projectId).where('rotations.id', '=', sql<string>`any(${ids}::text[])`).execute()
}

/** Newest first. */
export function selectRotationsOf(
  db: Database,
  projectId: string,
  agentId: string,
  page: { limit: number; after?: string | undefined },
): Promise<NamedRotationRow[]> {
  let query = named(db, projectId).where('rotations.agent_id', '=', agentId)
  if (page.after !== undefined) query = query.where('rotations.id', '<', page.after)
  return query
    .orderBy('rotations.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Those in which two keys count, or will: of some agents, or of all. */
export function selectLiveRotations(db: Database | Tx, agentIds?: readonly string[]): Promise<RotationRow[]> {
  let query = db
    .selectFrom('rotations')
    .selectAll()
    .where('state', 'in', [...openRotationStates, 'completed'])
  if (agentIds !== undefined) query = query.where('agent_id', '=', sql<string>`any(${agentIds}::text[])`)
  return query.orderBy('id').execute()
}

export function lockRotation(tx: Tx, agentId: string, id: string): Promise<RotationRow | undefined> {
  return tx
    .selectFrom('rotations')
    .selectAll()
    .where('id', '=', id)
    .where('agent_id', '=', agentId)
    .forUpdate()
    .executeTakeFirst()
}

/** Whether an Ed25519 public key, hex, is or was any agent's. */
export async function isKnownSigningKey(tx: Tx, key: string, except: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from agents where signing_public_key = decode(${key}, 'hex'))
      or exists (select from rotations where (new_key = ${key} or old_key = ${key}) and id <> ${except}) as known`.execute(
    tx,
  )
  return rows[0]?.known === true
}

/** The signing keys of an agent that others have taken the place of and that count still: hex. */
export async function selectOldSigningKeys(db: Database | Tx, agentId: string, at: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('rotations')
    .select('old_key')
    .where('agent_id', '=', agentId)
    .where('use', '=', 'signing')
    .where('state', '=', 'completed')
    .where('ends_at', '>', at)
    .execute()
  return rows.map(({ old_key }) => old_key)
}

/** Signing keys that others have taken the place of, of some agents. */
export function selectReplacedSigningKeys(db: Database, agentIds: readonly string[]) {
  return db
    .selectFrom('rotations')
    .select(['id', 'agent_id', 'old_key', 'new_key', 'signature'])
    .where('agent_id', '=', sql<string>`any(${agentIds}::text[])`)
    .where('use', '=', 'signing')
    .where('state', 'in', ['completed', 'ended'])
    .execute()
}

/** Whether a CURVE public key is, or was, any agent's. */
export async function isKnownCurveKey(tx: Tx, key: string, except: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from agents where curve_public_key = ${key})
      or exists (select from rotations where (new_key = ${key} or old_key = ${key}) and id <> ${except}) as known`.execute(
    tx,
  )
  return rows[0]?.known === true
}
