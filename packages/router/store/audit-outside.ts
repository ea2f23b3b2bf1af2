// Checkpoints of the audit logs as a witness outside has seen them: of each log its last word.
import { sql } from 'kysely'
import type { NewestCheckpoint } from './audit-cosignatures.ts'
import type { Database } from './database.ts'

export interface Unseen extends NewestCheckpoint {
  /** Up to where it has signed; 0 for nothing. */
  seen: number
}

/** The newest checkpoints that this witness has not signed, of some projects. */
export async function selectUnseen(db: Database, witness: string, limit: number): Promise<Unseen[]> {
  const { rows } = await sql<Unseen>`
    select p.id as project_id, newest.size, newest.note, coalesce(o.size, 0) as seen from projects p
    left join audit_outside_cosignatures o on o.project_id = p.id and o.witness = ${witness}
    cross join lateral (
      select size, note from audit_checkpoints where project_id = p.id order by size desc limit 1
    ) as newest
    where newest.size > coalesce(o.size, 0) order by coalesce(o.at, 'epoch'), p.id limit ${limit}`.execute(db)
  return rows
}

export function selectOutside(db: Database, projectId: string) {
  return db
    .selectFrom('audit_outside_cosignatures')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('size', 'desc')
    .limit(100)
    .execute()
}
