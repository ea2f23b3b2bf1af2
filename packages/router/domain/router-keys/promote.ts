import type { Writing } from '../events/write.ts'
import { moveRouterKey } from '../lifecycles/router-key.ts'
import type { Settings } from '../settings.ts'
import type { ServerKeys } from './server-keys.ts'

/**
 * The first agent has come to a new key: newcomers are given it. The one before retires once nobody
 * depends on it, and after the overlap once nobody is connected by it.
 */
export async function promoteKey(
  writing: Writing,
  { serverKeys, settings }: { serverKeys: ServerKeys; settings: Pick<Settings, 'keyOverlapMs'> },
  id: string | null,
): Promise<void> {
  if (serverKeys.byId(id)?.state !== 'next' || id === null) return
  const { now, after } = writing
  const before = serverKeys.current
  const ends_at = new Date(now.getTime() + settings.keyOverlapMs)
  await moveRouterKey(writing, before.id, { to: 'retiring', set: { ends_at } })
  const moved = await moveRouterKey(writing, id, { to: 'current', set: { current_at: now } })
  if (moved === undefined) return
  after(() =>
    serverKeys.set(
      serverKeys.live.map((key) => {
        if (key.id === id) return { ...key, state: 'current' as const }
        return key.id === before.id ? { ...key, state: 'retiring' as const, ends_at } : key
      }),
    ),
  )
}
