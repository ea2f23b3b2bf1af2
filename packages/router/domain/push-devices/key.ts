// The pair with which this router says who it is to push services (RFC 8292). A browser is bound to
// the one that it was told, so that a newer one is for new devices, and for others once their
// browser comes by.
import { generateKeyPairSync } from 'node:crypto'
import { limits } from '@xerotier/protocol/limits.ts'
import { selectCurrentPushKey, selectPushKey } from '../../store/push-devices.ts'
import type { PushKeyRow } from '../../store/tables.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'

type Core = Records & { identity: Pick<Identity, 'keyring'> }

export interface PushKey {
  /** Both base64url: an uncompressed point of P-256, and its scalar. */
  publicKey: string
  privateKey: string
}

const dayMs = 24 * 3_600_000

/** Makes one where there is none that is young enough. @returns its public half, base64url */
export async function currentPushKey(core: Core): Promise<string> {
  const isGood = (row: PushKeyRow | undefined, now: Date): row is PushKeyRow =>
    row !== undefined && now.getTime() - row.created_at.getTime() < limits.pushKeyDays * dayMs
  const known = await selectCurrentPushKey(core.store.db)
  if (isGood(known, new Date(core.clock.now()))) return known.public_key.toString('base64url')
  const row = await write(core, async (writing) => {
    const { tx, now } = writing
    await tx
      .updateTable('push_keys')
      .set({ current: false })
      .where('current', '=', true)
      .where('created_at', '<=', new Date(now.getTime() - limits.pushKeyDays * dayMs))
      .execute()
    const { publicKey, privateKey } = newPair()
    const id = newId('vk', now.getTime())
    const private_key = seal(core.identity.keyring, id, privateKey)
    await tx
      .insertInto('push_keys')
      .values({ id, current: true, public_key: publicKey, private_key, created_at: now })
      // Somebody else has made it meanwhile.
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await dropUnusedKeys(writing)
    return selectCurrentPushKey(tx)
  })
  if (row === undefined) throw new Error('there is no push key')
  return row.public_key.toString('base64url')
}

/** @throws when the router has other encryption keys since */
export async function openPushKey(
  { store, identity }: Pick<Core, 'store' | 'identity'>,
  id: string,
): Promise<PushKey | undefined> {
  const row = await selectPushKey(store.db, id)
  if (row === undefined) return undefined
  return {
    publicKey: row.public_key.toString('base64url'),
    privateKey: openSealed(identity.keyring, row.id, row.private_key).toString('base64url'),
  }
}

/** Those before the current one, once no device is bound to them any more. */
export async function dropUnusedKeys({ tx }: Pick<Writing, 'tx'>): Promise<void> {
  await tx
    .deleteFrom('push_keys')
    .where('current', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('channels').select('id').whereRef('channels.push_key', '=', 'push_keys.id'))),
    )
    .execute()
}

function newPair(): { publicKey: Buffer; privateKey: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' })
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  return { publicKey: Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]), privateKey: bytes(d) }
}
