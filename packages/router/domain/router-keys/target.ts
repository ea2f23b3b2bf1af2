// Which key of the router an agent that rotates is to dial: a fresh one where there is room for it.
import { randomBytes } from 'node:crypto'
import { Fault } from '@xerotier/protocol/errors.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { curveKeysFromSecret } from '@xerotier/runtime/curve.ts'
import { selectLiveRouterKeys } from '../../store/router-keys.ts'
import type { Member } from '../actor.ts'
import { seal } from '../encryption/sealed.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { type Listening, type ServerKey, type ServerKeys, serverKeyOf } from './server-keys.ts'

export type RouterKeys = Records & {
  identity: Pick<Identity, 'keyring' | 'firstCurve'>
  serverKeys: ServerKeys
  listening: Listening
}

/**
 * Listens under it when this returns. Two count at most: while an older one retires, it is the
 * current one. To be called in `serverKeys.turns`, until something needs the key.
 * @throws Fault endpoint_unavailable
 */
export async function keyToRotateTo(core: RouterKeys, actor: Member): Promise<ServerKey> {
  const { live, current } = core.serverKeys
  const next = live.find(({ state }) => state === 'next')
  if (next !== undefined) return next
  return live.length > 1 ? current : makeNext(core, actor)
}

async function makeNext(core: RouterKeys, actor: Member): Promise<ServerKey> {
  const id = newId('rk', core.clock.now())
  const secret = randomBytes(32)
  const keys = curveKeysFromSecret(secret)
  const endpoint = core.serverKeys.current.endpoint === 'primary' ? 'alternate' : 'primary'
  await listen(core, id, () => core.listening.open(id, endpoint, keys))
  try {
    await write(core, async ({ tx, now }) => {
      await tx
        .insertInto('router_keys')
        .values({
          id,
          project_id: actor.projectId,
          use: 'curve',
          state: 'next',
          endpoint,
          public_key: keys.publicKey,
          secret: seal(core.identity.keyring, id, secret),
          made_by: actor.id,
          made_at: now,
        })
        .execute()
    })
  } catch (error) {
    await core.listening.close(id)
    throw error
  }
  await readServerKeys(core)
  core.log.notice({ router_key_id: id, endpoint }, 'the data plane listens under a second key')
  const made = core.serverKeys.byId(id)
  if (made === undefined) throw new Error('a key that was made is not on record')
  return made
}

async function listen({ log }: RouterKeys, id: string, open: () => Promise<void>): Promise<void> {
  try {
    await open()
  } catch (error) {
    log.error({ error, router_key_id: id }, 'the second endpoint of the data plane cannot be opened')
    throw new Fault('endpoint_unavailable', {
      message: `The router cannot listen under a second key: ${messageOf(error)}.`,
    })
  }
}

/** What this router knows of its keys becomes what is on record. */
export async function readServerKeys({ store, serverKeys }: Pick<RouterKeys, 'store' | 'serverKeys'>): Promise<void> {
  serverKeys.set((await selectLiveRouterKeys(store.db)).map(serverKeyOf))
}
