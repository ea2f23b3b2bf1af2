import type { JoinKey, joinKeyCreateSchema } from '@xerotier/protocol/api/join-keys.ts'
import type { z } from 'zod'
import type { Member } from '../actor.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import type { Addresses } from '../router-keys/addresses.ts'
import type { ServerKeys } from '../router-keys/server-keys.ts'
import { presentJoinKey } from './present.ts'
import { mintJoinKeyValue } from './value.ts'

/** Mints a single-use key. Its value is in this answer and nowhere else. */
export async function createJoinKey(
  core: Records & Pick<Addresses, 'announcedAddress'> & { identity: Identity; serverKeys: ServerKeys },
  actor: Member,
  body: z.output<typeof joinKeyCreateSchema>,
): Promise<JoinKey & { key: string }> {
  const row = await write(core, async ({ tx, append, now }) => {
    const id = newId('jk', now.getTime())
    append({
      project_id: actor.projectId,
      kind: 'join_key.created',
      actor,
      data: {
        ...{ join_key_id: id, name: body.name, role: body.role, region: body.region },
        ...(body.require_approval ? { require_approval: true } : {}),
      },
    })
    return tx
      .insertInto('join_keys')
      .values({
        id,
        project_id: actor.projectId,
        name: body.name,
        role: body.role,
        region: body.region,
        router_addr: body.router_addr ?? core.announcedAddress,
        state: 'unused',
        require_approval: body.require_approval,
        created_by: actor.id,
        created_at: now,
        // JWT times are whole seconds; the row and the value say the same.
        expires_at: new Date(Math.ceil((now.getTime() + body.expires_in_hours * 3_600_000) / 1000) * 1000),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return { ...presentJoinKey(row, core.clock.now()), key: await mintJoinKeyValue(core, row) }
}
