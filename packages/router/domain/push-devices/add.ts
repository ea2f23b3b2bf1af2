import { createHash } from 'node:crypto'
import type { NewPushDevice, PushDevice } from '@xerotier/protocol/api/push-devices.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { lockChannelsNamed } from '../../store/channels.ts'
import type { Tx } from '../../store/database.ts'
import { lockDevices, selectPushKeyOf } from '../../store/push-devices.ts'
import type { PersonActor } from '../actor.ts'
import { sealChannelSecret } from '../channels/secret.ts'
import { checkTarget } from '../channels/target.ts'
import { write } from '../events/write.ts'
import type { Identity } from '../identity.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { dropDevices } from './drop.ts'
import { presentDevice } from './read.ts'

type Core = Records & { identity: Identity; settings: Pick<Settings, 'privateTargets'> }

/** Of a browser in a session of its person. */
export interface Holder {
  actor: PersonActor
  sessionId: string
}

/** What is sealed of a device. */
export interface Subscription {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

/**
 * A browser that is known already is the same device, with what it says now; that of somebody else
 * is theirs no longer.
 * @throws Fault invalid_body, push_key_replaced, capacity_exceeded
 */
export async function addDevice(core: Core, { actor, sessionId }: Holder, body: NewPushDevice): Promise<PushDevice> {
  const { href: endpoint, origin } = checkTarget(body.endpoint, 'endpoint', core.settings.privateTargets)
  const endpoint_hash = createHash('sha256').update(endpoint).digest('hex')
  const { projectId: project_id, id: user_id } = actor
  const row = await write(core, async (writing) => {
    const { tx, now, append } = writing
    const key = await selectPushKeyOf(tx, Buffer.from(body.key, 'base64url'))
    if (key === undefined) throw new Fault('push_key_replaced')
    const devices = await lockDevices(tx, project_id)
    const before = devices.find((one) => one.endpoint_hash === endpoint_hash)
    const isOwn = before?.user_id === user_id
    if (before !== undefined && !isOwn)
      await dropDevices(writing, actor, { id: before.id }, 'The browser is that of somebody else.')
    const own = devices.filter((one) => one.user_id === user_id)
    if (!isOwn && own.length >= limits.pushDevicesPerPerson)
      throw new Fault('capacity_exceeded', { message: `You have ${own.length} devices here, which is the limit.` })
    const id = isOwn ? before.id : newId('chn', now.getTime())
    const subscription: Subscription = { endpoint, keys: body.keys }
    const set = {
      target: origin,
      secret: sealChannelSecret(core.identity, id, JSON.stringify(subscription)),
      session_id: sessionId,
      push_key: key.id,
      updated_at: now,
    }
    if (isOwn) return tx.updateTable('channels').set(set).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
    const name = await freeName(tx, project_id, `${actor.name}: ${body.name}`.slice(0, 90))
    append({ project_id, kind: 'channel.created', actor, data: { channel_id: id, kind: 'push', name } })
    return tx
      .insertInto('channels')
      .values({
        ...{ id, project_id, kind: 'push', name, user_id, endpoint_hash, ...set },
        events: ['exec.approval_requested', 'exec.approval_escalated'],
        workspaces: [],
        risks: [],
        active: true,
        created_by: actor.id,
        created_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentDevice(row)
}

/** Several phones are called the same. */
async function freeName(tx: Tx, projectId: string, name: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? name : `${name} (${n})`
    if ((await lockChannelsNamed(tx, projectId, tried)).length === 0) return tried
  }
}
