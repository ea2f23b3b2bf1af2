import { sql } from 'kysely'
import type { Tx } from '../../store/database.ts'
import type { Principal } from '../principal.ts'

/**
 * Requesters cannot approve their own calls, nor with a key that they made for it, nor with a key made by that key.
 * A one-person project may switch this off.
 */
export async function mayDecide(tx: Tx, principal: Principal, requestedBy: string): Promise<boolean> {
  const project = await tx
    .selectFrom('projects')
    .select('allow_self_approval')
    .where('id', '=', principal.projectId)
    .executeTakeFirstOrThrow()
  if (project.allow_self_approval) return true
  const { rows } = await sql<{ own: boolean }>`
    with recursive line(id, created_by) as (
      select id, created_by from api_keys where id = ${principal.keyId}
      union
      select parent.id, parent.created_by from api_keys parent join line on parent.id = line.created_by
    )
    select exists (select 1 from line where id = ${requestedBy}) as own`.execute(tx)
  return rows[0]?.own === false
}
