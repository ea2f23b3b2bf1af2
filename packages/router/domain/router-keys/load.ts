// The keys of the data plane at the start of a router. The first is a file of the state folder;
// those that took its place are on record, sealed, so that whoever takes over has them too.
import { randomBytes } from 'node:crypto'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type CurveKeyPair, curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { existsRouterKey, selectLiveRouterKeys } from '../../store/router-keys.ts'
import type { RouterKeyRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import { moveRouterKey } from '../lifecycles/router-key.ts'
import type { Records } from '../records.ts'

export interface LoadedKey {
  row: RouterKeyRow
  keys: CurveKeyPair
}

type Loading = Records & { identity: Pick<Identity, 'keyring' | 'firstCurve'> }

/**
 * One of which the secret cannot be read is retired: agents that dial it ask where to dial. There
 * is always a current one.
 */
export async function loadServerKeys(core: Loading): Promise<LoadedKey[]> {
  return write(core, async (writing) => {
    const loaded: LoadedKey[] = []
    for (const row of await selectLiveRouterKeys(writing.tx)) {
      const keys = read(core, row)
      if (keys !== undefined) loaded.push({ row, keys })
      else await moveRouterKey(writing, row.id, { to: 'retired', set: { secret: null, retired_at: writing.now } })
    }
    if (!loaded.some(({ row }) => row.state === 'current')) loaded.push(await first(core, writing, loaded))
    return loaded
  })
}

function read({ identity, log }: Loading, row: RouterKeyRow): CurveKeyPair | undefined {
  try {
    const keys =
      row.secret === null ? identity.firstCurve.read() : curveOf(openSealed(identity.keyring, row.id, row.secret))
    if (keys.publicKey === row.public_key) return keys
    throw new Error('it is another key than the record has')
  } catch (error) {
    log.critical(
      { router_key_id: row.id, reason: messageOf(error) },
      'the CURVE key of the router cannot be read; agents that dial it will ask for another over HTTPS',
    )
    return undefined
  }
}

const curveOf = (secret: Buffer) => curveKeysFromSecret(secret)

/** The key of the state folder, unless it was replaced before: then a new one. */
async function first(core: Loading, writing: Writing, others: readonly LoadedKey[]): Promise<LoadedKey> {
  const { tx, now } = writing
  const fromFile = core.identity.firstCurve.read()
  const isFresh = !(await existsRouterKey(tx, fromFile.publicKey))
  const secret = randomBytes(32)
  const keys = isFresh ? fromFile : curveOf(secret)
  const id = newId('rk', now.getTime())
  const row = await tx
    .insertInto('router_keys')
    .values({
      id,
      use: 'curve',
      state: 'current',
      endpoint: others.some((other) => other.row.endpoint === 'primary') ? 'alternate' : 'primary',
      public_key: keys.publicKey,
      secret: isFresh ? null : seal(core.identity.keyring, id, secret),
      made_by: router.id,
      made_at: now,
      current_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  // Those who enrolled before there were several.
  await tx.updateTable('agents').set({ router_key_id: id }).where('router_key_id', 'is', null).execute()
  return { row, keys }
}
