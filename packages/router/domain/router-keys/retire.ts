// Keys of the router that nobody needs any more: their endpoints close, and their secrets are gone.
import { countDependents, countOpenRotationsTo } from '../../store/router-keys.ts'
import { write } from '../events/write.ts'
import { moveRouterKey } from '../lifecycles/router-key.ts'
import type { ServerKey } from './server-keys.ts'
import { type RouterKeys, readServerKeys } from './target.ts'

/** So long an agent that has just enrolled may take to dial for the first time, ms. */
const firstDialMs = 10 * 60_000

/** Retires what can be. */
export function retireKeys(core: RouterKeys): Promise<void> {
  return core.serverKeys.turns.take(async () => {
    for (const key of core.serverKeys.live) if (await isDone(core, key)) await retire(core, key)
  })
}

async function isDone({ store, clock }: RouterKeys, key: ServerKey): Promise<boolean> {
  if (key.state === 'next') return (await countOpenRotationsTo(store.db, key.id)) === 0
  if (key.state !== 'retiring') return false
  const { all, connected, unaware } = await countDependents(store.db, key.id, new Date(clock.now() - firstDialMs))
  // Whoever is away and can ask where to dial does so when it comes back and nobody answers.
  return all === 0 || (isOver(key, clock.now()) && connected === 0 && unaware === 0)
}

const isOver = ({ ends_at }: ServerKey, now: number) => ends_at !== null && ends_at.getTime() <= now

async function retire(core: RouterKeys, key: ServerKey): Promise<void> {
  const moved = await write(core, (writing) => {
    const set = { secret: null, retired_at: writing.now }
    // The first agent may have come to a new key meanwhile.
    return moveRouterKey(writing, key.id, { to: 'retired', from: [key.state], set })
  })
  if (moved === undefined) return
  await readServerKeys(core)
  await core.listening.close(key.id)
  core.identity.firstCurve.remove(key.publicKey)
  core.log.notice({ router_key_id: key.id, endpoint: key.endpoint }, 'the data plane listens under the key no more')
}
