import type { GrantKeys } from '@xerotier/protocol/api/grant-keys.ts'
import { keyIdOf } from '@xerotier/runtime/ed25519.ts'
import { countUnawareOfGrantKeys, selectNamedGrantKeys } from '../../store/grant-keys.ts'
import { type Member, router } from '../actor.ts'
import type { Records } from '../records.ts'

export async function showGrantKeys({ store }: Pick<Records, 'store'>, { projectId }: Member): Promise<GrantKeys> {
  const rows = await selectNamedGrantKeys(store.db)
  return {
    object: 'grant_keys',
    keys: rows.map(({ id, project_id, public_key, state, reason, made_by, made_by_name, made_at, ends_at }) => ({
      id,
      key_id: keyIdOf(Buffer.from(public_key, 'hex')),
      state,
      // They sign for all projects; who had one made, and why, is known in its own.
      ...(project_id === projectId
        ? { reason, made_by, made_by_name }
        : { reason: null, made_by: router.id, made_by_name: null }),
      made_at: made_at.toISOString(),
      signs_until: ends_at?.toISOString() ?? null,
    })),
    unaware_agents: await countUnawareOfGrantKeys(store.db),
  }
}
