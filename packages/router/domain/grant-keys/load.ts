// The grant keys of the record. The first is the signing key of the state folder, which signs
// tokens as well; those after it are sealed, so that whoever takes over has them too.
import { randomBytes } from 'node:crypto'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { type SigningKey, signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import { existsGrantKey, selectGrantKeyStatements, selectLiveGrantKeys } from '../../store/grant-keys.ts'
import type { GrantKeyRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { openSealed, seal } from '../encryption/sealed.ts'
import { type Writing, write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import { moveGrantKey } from '../lifecycles/grant-key.ts'
import type { Records } from '../records.ts'
import { createGrantKeys, type GrantKey, type GrantKeys } from './grant-keys.ts'

/** As many as a frame holds: an agent that missed more asks over HTTPS. */
export const statementsTold = 16

type Loading = Records & { identity: Pick<Identity, 'keyring' | 'signing' | 'previousSigning'> }

/** One of which the secret cannot be read signs no more. There is always one that does. */
export async function loadGrantKeys(core: Loading): Promise<GrantKeys> {
  return write(core, async (writing) => {
    const live: GrantKey[] = []
    let hasCurrent = false
    for (const row of await selectLiveGrantKeys(writing.tx)) {
      const signing = read(core, row)
      if (signing === undefined) {
        await moveGrantKey(writing, row.id, { to: 'retired', set: { secret: null, retired_at: writing.now } })
        continue
      }
      hasCurrent ||= row.state === 'current'
      live.push(grantKeyOf(row, signing))
    }
    if (!hasCurrent) live.unshift(await first(core, writing))
    const [newest, ...others] = live
    if (newest === undefined) throw new Error('the router has no grant key')
    return createGrantKeys([newest, ...others], await selectGrantKeyStatements(writing.tx, statementsTold))
  })
}

function grantKeyOf({ id, ends_at }: Pick<GrantKeyRow, 'id' | 'ends_at'>, signing: SigningKey): GrantKey {
  return { id, signing, endsAt: ends_at?.getTime() }
}

function read({ identity, log }: Loading, row: GrantKeyRow): SigningKey | undefined {
  try {
    const candidates =
      row.secret === null
        ? [identity.signing, identity.previousSigning].filter((one) => one !== undefined)
        : [signingKeyFromSeed(openSealed(identity.keyring, row.id, row.secret))]
    const signing = candidates.find(({ publicKey }) => publicKey.toString('hex') === row.public_key)
    if (signing !== undefined) return signing
    throw new Error('it is another key than the record has')
  } catch (error) {
    log.critical(
      { grant_key_id: row.id, reason: messageOf(error) },
      'a grant key of the router cannot be read; agents that know no other refuse granted calls until they enroll again',
    )
    return undefined
  }
}

/** The key of the state folder, unless it was replaced before: then a new one. */
async function first({ identity }: Loading, { tx, now }: Writing): Promise<GrantKey> {
  const isFresh = !(await existsGrantKey(tx, identity.signing.publicKey.toString('hex')))
  const seed = randomBytes(32)
  const signing = isFresh ? identity.signing : signingKeyFromSeed(seed)
  const id = newId('gk', now.getTime())
  const row = await tx
    .insertInto('grant_keys')
    .values({
      id,
      state: 'current',
      public_key: signing.publicKey.toString('hex'),
      secret: isFresh ? null : seal(identity.keyring, id, seed),
      made_by: router.id,
      made_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return grantKeyOf(row, signing)
}
