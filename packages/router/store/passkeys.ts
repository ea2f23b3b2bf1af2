import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type PasskeyRow = Selectable<Tables['passkeys']>

/** Of a person, oldest first. */
export function selectPasskeys(db: Database | Tx, userId: string): Promise<PasskeyRow[]> {
  return db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('id').execute()
}

/** Those of a person, while nobody else adds one to them. */
export async function lockPasskeys(tx: Tx, userId: string): Promise<PasskeyRow[]> {
  await tx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute()
  return selectPasskeys(tx, userId)
}

/** By the id that its authenticator gave it. */
export function selectPasskeyOf(db: Database | Tx, credentialId: Buffer): Promise<PasskeyRow | undefined> {
  return db.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst()
}
