// After the key was replaced: what older keys sealed is sealed with the new one, in small batches,
// until nothing needs them.
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { sql } from 'kysely'
import { type SealedColumn, type SealedRow, sealedColumns, selectSealedOtherwise } from '../../store/sealed-rows.ts'
import type { Keyring } from '../encryption/keyring.ts'
import { openSealed, seal, sealedPrefix } from '../encryption/sealed.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { type Reencryption, reencryptContents } from './reencrypt-contents.ts'

const perBatch = 100

type Core = Records & { identity: Pick<Identity, 'keyring'> }

/** For a duty: each loss is said once, and not as often as it is found. */
export function createReencryption(core: Core): (batch?: number) => Promise<Reencryption> {
  let said = 0
  return async (batch) => {
    const sum = await reencrypt(core, batch)
    if (sum.lost > 0 && sum.lost !== said)
      core.log.error(
        { lost: sum.lost },
        'secrets in the database cannot be read: add the key that encrypted them to XEROTIER_COMPLETION_ENCRYPTION_KEY, behind the current one',
      )
    if (sum.lost === 0 && said > 0) core.log.notice({}, 'all secrets in the database can be read again')
    said = sum.lost
    return sum
  }
}

export async function reencrypt(core: Core, batch = perBatch): Promise<Reencryption> {
  const { keyring } = core.identity
  const sum: Reencryption = { changed: 0, lost: 0 }
  for (const place of sealedColumns) {
    // Past each once: those that stay as they are do not keep it from the ones behind them.
    for (let after: string | undefined; ; ) {
      const which = { prefix: sealedPrefix(keyring), after, limit: batch }
      const rows = await selectSealedOtherwise(core.store.db, place, which)
      const opened = rows.flatMap((row) => again(core, keyring, place, row))
      await replace(core, place, opened)
      sum.changed += opened.length
      sum.lost += rows.length - opened.length
      if (rows.length < batch) break
      after = rows.at(-1)?.id
    }
  }
  const contents = await reencryptContents(core, sealedPrefix(keyring), batch)
  sum.changed += contents.changed
  sum.lost += contents.lost
  if (sum.changed > 0)
    core.log.notice({ key: keyring.current.id.toString('hex'), changed: sum.changed }, 'secrets were encrypted anew')
  return sum
}

function again(
  { log }: Pick<Records, 'log'>,
  keyring: Keyring,
  { clearBytes }: SealedColumn,
  { id, sealed }: SealedRow,
) {
  try {
    const plain = sealed.length === clearBytes ? sealed : openSealed(keyring, id, sealed)
    return [{ id, old: sealed, fresh: seal(keyring, id, plain) }]
  } catch (error) {
    log.debug({ id, reason: messageOf(error) }, 'a sealed value cannot be opened')
    return []
  }
}

/** A value that somebody changed meanwhile stays as they wrote it. */
async function replace(
  core: Records,
  { table, id: idColumn, column }: SealedColumn,
  rows: readonly { id: string; old: Buffer; fresh: Buffer }[],
): Promise<void> {
  if (rows.length === 0) return
  await write(core, async ({ tx }) => {
    for (const { id, old, fresh } of rows)
      await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${fresh} 
          where ${sql.ref(idColumn)} = ${id} and ${sql.ref(column)} = ${old}`.execute(tx)
  })
}
