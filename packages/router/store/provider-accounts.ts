import type { Tx } from './database.ts'

/** Whom an issuer means, as long as they may come in at all. */
export function selectProviderAccount(tx: Tx, { issuer, subject }: { issuer: string; subject: string }) {
  return tx
    .selectFrom('provider_accounts')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
}
