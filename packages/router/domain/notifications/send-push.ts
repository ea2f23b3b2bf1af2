// One attempt to tell a device by Web Push (RFC 8030): encrypted for it, signed by the router.
import { Fault } from '@xerotier/protocol/errors.ts'
import { selectNamedApproval } from '../../store/approvals.ts'
import { selectPerson } from '../../store/people.ts'
import { selectSlug } from '../../store/projects.ts'
import type { ChannelRow, DeliveryRow } from '../../store/tables.ts'
import { personActor } from '../actor.ts'
import { mustBeAbleToApprove } from '../approvals/vote.ts'
import { openChannelSecret } from '../channels/secret.ts'
import type { Attempted } from '../deliveries/attempt.ts'
import type { Subscription } from '../push-devices/add.ts'
import { openPushKey } from '../push-devices/key.ts'
import type { Records } from '../records.ts'
import type { Message } from './message.ts'
import { pushNoteOf } from './push-note.ts'
import { post, type Sending } from './send-webhook.ts'

type Core = Sending & Records & { publicUrl?: () => string; pushContact?: string | undefined }

const daySeconds = 24 * 3600
/** Of the router's signature; services take a day at most. */
const signedSeconds = 12 * 3600
/** What push services say of a device that is not there any more (RFC 8030, 7.3). */
export const goneStatuses: readonly number[] = [404, 410]
/** What is too large, or not for them, is so the next time as well. */
const finalStatuses: readonly number[] = [...goneStatuses, 400, 413]

const moot: Attempted = { delivered: true }
const failed = (error: string): Attempted => ({ delivered: false, error, final: true })

/** @param message undefined when there is nothing left to say */
export async function sendPush(
  core: Core,
  channel: ChannelRow,
  delivery: DeliveryRow,
  message: Message | undefined,
): Promise<Attempted> {
  const { db } = core.store
  const { user_id, secret, push_key } = channel
  const person = await selectPerson(db, channel.project_id, user_id ?? '')
  if (person?.active !== true) return failed('its person is no member any more')
  if (message === undefined || !(await isTheirs(core, person, delivery))) return moot
  const key = push_key === null ? undefined : await openPushKey(core, push_key)
  if (secret === null || key === undefined) return failed('the device knows no key of this router')
  const { endpoint, keys } = JSON.parse(openChannelSecret(core.identity, channel.id, secret)) as Subscription
  const now = core.clock.now()
  const project = await selectSlug(db, channel.project_id)
  const note = pushNoteOf(message, { approvalId: delivery.approval_id, project })
  // Loaded by the first who has a device.
  const { default: webPush } = await import('web-push')
  const { cipherText } = webPush.encrypt(keys.p256dh, keys.auth, JSON.stringify(note), 'aes128gcm')
  const { Authorization } = webPush.getVapidHeaders(
    new URL(endpoint).origin,
    contactOf(core),
    key.publicKey,
    key.privateKey,
    'aes128gcm',
    Math.floor(now / 1000) + signedSeconds,
  )
  const left = note.until === null ? daySeconds : Math.ceil((Date.parse(note.until) - now) / 1000)
  const attempted = await post(core, endpoint, cipherText, {
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
    ttl: String(Math.min(daySeconds, Math.max(0, left))),
    urgency: note.quiet ? 'normal' : 'high',
    authorization: Authorization,
  })
  const isFinal = !attempted.delivered && finalStatuses.includes(attempted.status ?? 0)
  return isFinal ? { ...attempted, final: true } : attempted
}

/** Whether its person could decide on it, as it stands. All else is for every member. */
async function isTheirs(
  core: Core,
  person: { id: string; name: string; email: string },
  { project_id, approval_id }: DeliveryRow,
): Promise<boolean> {
  if (approval_id === null) return true
  const approval = await selectNamedApproval(core.store.db, project_id, approval_id)
  if (approval === undefined) return false
  const actor = personActor(person, {
    projectId: project_id,
    door: 'dashboard',
    scopes: [],
    workspaces: null,
    key: null,
  })
  try {
    await mustBeAbleToApprove(core.store.db, approval, actor, new Date(core.clock.now()))
    return true
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** Whom a push service asks about a router that sends too much (RFC 8292, 2.1). */
function contactOf({ publicUrl, pushContact }: Core): string {
  const url = publicUrl?.() ?? ''
  if (pushContact !== undefined) return `mailto:${pushContact}`
  return url.startsWith('https://') ? url : 'mailto:router@xerotier.invalid'
}
