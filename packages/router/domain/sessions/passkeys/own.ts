// The passkeys of whoever is in.
import type { Passkey, PasskeyList } from '@xerotier/protocol/api/passkeys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { type PasskeyRow, selectPasskeys } from '../../../store/passkeys.ts'
import { write } from '../../events/write.ts'
import type { Records } from '../../records.ts'
import type { KnownSession } from '../admit.ts'
import { requireFresh } from '../fresh.ts'
import { dropRecoveryCodes } from '../recovery-codes.ts'
import { type PublicPlace, relyingPartyAt } from './relying-party.ts'

export function presentPasskey({ id, name, backed_up, created_at, used_at }: PasskeyRow): Passkey {
  return {
    ...{ id, object: 'passkey', name, backed_up },
    created_at: created_at.toISOString(),
    used_at: used_at?.toISOString() ?? null,
  }
}

export async function listPasskeys(core: Records & PublicPlace, { row }: KnownSession): Promise<PasskeyList> {
  const rows = await selectPasskeys(core.store.db, row.user_id)
  return {
    object: 'list',
    data: rows.map(presentPasskey),
    origin: relyingPartyAt(core.publicUrl())?.origin ?? null,
  }
}

/** @throws Fault passkey_not_found */
export async function renamePasskey(core: Records, { row }: KnownSession, id: string, name: string): Promise<Passkey> {
  const renamed = await write(core, ({ tx }) =>
    tx
      .updateTable('passkeys')
      .set({ name })
      .where('id', '=', id)
      .where('user_id', '=', row.user_id)
      .returningAll()
      .executeTakeFirst(),
  )
  if (renamed === undefined) throw new Fault('passkey_not_found')
  return presentPasskey(renamed)
}

/** @throws Fault passkey_not_found, fresh_login_required */
export async function removePasskey(core: Records, session: KnownSession, id: string): Promise<void> {
  const { row, actor } = session
  requireFresh(core, session)
  await write(core, async ({ tx, append }) => {
    const { numDeletedRows } = await tx
      .deleteFrom('passkeys')
      .where('id', '=', id)
      .where('user_id', '=', row.user_id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw new Fault('passkey_not_found')
    await dropRecoveryCodes(tx, row.user_id)
    const data = { user_id: row.user_id, passkey_id: id }
    append({ project_id: row.project_id, kind: 'passkey.removed', actor, data })
  })
}
