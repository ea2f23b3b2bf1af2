// A grant key that another has taken the place of signs no more once the overlap is over, and
// nobody knows it alone.
import { countUnawareOfGrantKeys, selectGrantKeyStatements, selectProjectOfGrantKey } from '../../store/grant-keys.ts'
import { router } from '../actor.ts'
import { write } from '../events/write.ts'
import { moveGrantKey } from '../lifecycles/grant-key.ts'
import type { Granting } from './granting.ts'
import { statementsTold } from './load.ts'
import { tellGrantKeys } from './tell.ts'

/** Called every second. */
export async function retireGrantKeys(core: Granting): Promise<void> {
  const [current, old] = core.grantKeys.live
  if (old === undefined || (old.endsAt ?? 0) > core.clock.now()) return
  await core.grantKeys.turns.take(async () => {
    if (core.grantKeys.live[1] !== old) return
    if ((await countUnawareOfGrantKeys(core.store.db)) > 0) return
    await write(core, async (writing) => {
      const set = { secret: null, retired_at: writing.now }
      const moved = await moveGrantKey(writing, old.id, { to: 'retired', set })
      if (moved === undefined) return
      const project_id = await selectProjectOfGrantKey(writing.tx, current.id)
      if (project_id === null) return
      const data = { grant_key_id: old.id, key_id: old.signing.keyId }
      writing.append({ project_id, kind: 'grant_key.retired', actor: router, data })
    })
    core.grantKeys.set([current], await selectGrantKeyStatements(core.store.db, statementsTold))
    core.log.notice({ grant_key_id: old.id, key_id: old.signing.keyId }, 'the grant key before signs no more')
    tellGrantKeys(core)
  })
}
