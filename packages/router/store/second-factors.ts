import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

export type SecondFactorRow = Selectable<Tables['second_factors']>

/** Also one that is not confirmed yet. */
export function selectSecondFactor(db: Database | Tx, userId: string): Promise<SecondFactorRow | undefined> {
  return db.selectFrom('second_factors').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

export async function countRecoveryCodes(db: Database | Tx, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}
