// An operator wants grants signed with another key.
import { randomBytes } from 'node:crypto'
import type { GrantKeys as Shown } from '@xerotier/protocol/api/grant-keys.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { grantKeyText } from '@xerotier/protocol/rotation.ts'
import { signingKeyFromSeed } from '@xerotier/runtime/ed25519.ts'
import { selectGrantKeyStatements } from '../../store/grant-keys.ts'
import type { Member } from '../actor.ts'
import { seal } from '../encryption/sealed.ts'
import { type Writing, write } from '../events/write.ts'
import { newId } from '../ids.ts'
import { moveGrantKey } from '../lifecycles/grant-key.ts'
import { type GrantKey, hexOf } from './grant-keys.ts'
import type { Granting } from './granting.ts'
import { statementsTold } from './load.ts'
import { showGrantKeys } from './read.ts'
import { tellGrantKeys } from './tell.ts'

/**
 * The key before it vouches for it, and signs as well for a while.
 * @throws Fault grant_key_retiring
 */
export async function rotateGrantKey(
  core: Granting,
  actor: Member,
  { reason }: { reason?: string | undefined },
): Promise<Shown> {
  await core.grantKeys.turns.take(async () => {
    const [before, retiring] = core.grantKeys.live
    if (retiring !== undefined) throw new Fault('grant_key_retiring')
    const { key, endsAt } = await write(core, (writing) => record(core, writing, { actor, before, reason }))
    const statements = await selectGrantKeyStatements(core.store.db, statementsTold)
    core.grantKeys.set([key, { ...before, endsAt }], statements)
    core.log.notice({ grant_key_id: key.id, key_id: key.signing.keyId, reason }, 'grants are signed with a new key')
    tellGrantKeys(core)
  })
  return showGrantKeys(core, actor)
}

async function record(
  { identity, settings }: Granting,
  writing: Writing,
  { actor, before, reason = null }: { actor: Member; before: GrantKey; reason?: string | null | undefined },
): Promise<{ key: GrantKey; endsAt: number }> {
  const { tx, now, append } = writing
  const ends_at = new Date(now.getTime() + settings.keyOverlapMs)
  const moved = await moveGrantKey(writing, before.id, { to: 'retiring', set: { ends_at } })
  if (moved === undefined) throw new Fault('grant_key_retiring')
  const id = newId('gk', now.getTime())
  const seed = randomBytes(32)
  const key: GrantKey = { id, signing: signingKeyFromSeed(seed), endsAt: undefined }
  const statement = { signer: hexOf(before), public_key: hexOf(key) }
  await tx
    .insertInto('grant_keys')
    .values({
      ...statement,
      id,
      project_id: actor.projectId,
      state: 'current',
      secret: seal(identity.keyring, id, seed),
      statement: before.signing.sign(Buffer.from(grantKeyText(statement))),
      reason,
      made_by: actor.id,
      made_at: now,
    })
    .execute()
  const data = { grant_key_id: id, key_id: key.signing.keyId, signed_by: before.signing.keyId, reason }
  append({ project_id: actor.projectId, kind: 'grant_key.rotated', actor, data })
  return { key, endsAt: ends_at.getTime() }
}
