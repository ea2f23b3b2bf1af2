// Each delivery to its receiver, by the kind of that.
import { testType } from '@xerotier/protocol/webhook-types.ts'
import { selectReceiver } from '../../store/channels.ts'
import { selectInvitation } from '../../store/invitations.ts'
import { selectPerson } from '../../store/people.ts'
import type { ChannelRow, DeliveryRow } from '../../store/tables.ts'
import { router } from '../actor.ts'
import { openChannelSecret } from '../channels/secret.ts'
import type { Attempted, Send } from '../deliveries/attempt.ts'
import type { OutboxOptions } from '../deliveries/outbox.ts'
import { dropDevices } from '../push-devices/drop.ts'
import type { Records } from '../records.ts'
import { mailOf } from './channels/email.ts'
import { pagerDutyBody } from './channels/pagerduty.ts'
import { slackBody } from './channels/slack.ts'
import { teamsBody } from './channels/teams.ts'
import type { Message } from './message.ts'
import { type MessageSources, messageOf } from './message-of.ts'
import { goneStatuses, sendPush } from './send-push.ts'
import { post, type Sending, sendWebhook } from './send-webhook.ts'
import type { SendMail } from './smtp.ts'

export type SendingAll = Sending &
  Records &
  MessageSources & {
    mail: SendMail | undefined
    /** A mail address: whom a push service asks about this router. */
    pushContact?: string | undefined
  }

/** What was decided before it could be told is not told: that is no failure. */
const moot: Attempted = { delivered: true }
const gone: Attempted = { delivered: false, error: 'its receiver was removed', final: true }

export function createSend(core: SendingAll): Send {
  const send = async (delivery: DeliveryRow): Promise<Attempted> => {
    if (delivery.channel_id === null)
      return delivery.recipient?.startsWith('inv_') === true ? toInvited(core, delivery) : toPerson(core, delivery)
    const channel = await selectReceiver(core.store.db, delivery.channel_id)
    if (channel === undefined) return gone
    if (channel.kind === 'webhook') return sendWebhook(core, channel, delivery)
    if (channel.kind === 'push') return sendPush(core, channel, delivery, await messageOf(core, delivery))
    return toPlace(core, channel, delivery)
  }
  return async (delivery) => {
    const attempted = await send(delivery)
    // Who asked for a test is told now.
    return delivery.type === testType && !attempted.delivered ? { ...attempted, final: true } : attempted
  }
}

async function toPlace(core: SendingAll, channel: ChannelRow, delivery: DeliveryRow): Promise<Attempted> {
  const message = await messageOf(core, delivery)
  if (message === undefined) return moot
  if (channel.kind === 'email') return byMail(core, channel.target.split(', '), message, delivery)
  if (channel.secret === null) return gone
  const secret = openChannelSecret(core.identity, channel.id, channel.secret)
  switch (channel.kind) {
    case 'slack':
      return post(core, secret, slackBody(message))
    case 'teams':
      return post(core, secret, teamsBody(message))
    default: {
      const body = pagerDutyBody(message, secret)
      return body === undefined ? moot : post(core, channel.target, body)
    }
  }
}

/** To somebody who may be no member yet: its recipient is the invitation. */
async function toInvited(core: SendingAll, delivery: DeliveryRow): Promise<Attempted> {
  const invitation = await selectInvitation(core.store.db, delivery.project_id, delivery.recipient ?? '')
  const message = invitation && (await messageOf(core, delivery))
  return message === undefined ? moot : byMail(core, [invitation?.email ?? ''], message, delivery)
}

async function toPerson(core: SendingAll, delivery: DeliveryRow): Promise<Attempted> {
  const person = await selectPerson(core.store.db, delivery.project_id, delivery.recipient ?? '')
  if (person?.active !== true) return { delivered: false, error: 'the person is no member any more', final: true }
  const message = await messageOf(core, delivery)
  return message === undefined ? moot : byMail(core, [person.email], message, delivery)
}

async function byMail(
  { mail }: Pick<SendingAll, 'mail'>,
  to: string[],
  message: Message,
  { id }: DeliveryRow,
): Promise<Attempted> {
  if (mail === undefined) {
    return { delivered: false, error: 'the router has no mail server: set XEROTIER_SMTP_URL', final: true }
  }
  return mail({ ...mailOf(message), to, id, thread: message.subject.replace(/[^\w.-]/g, '-') })
}

/** What the receiver's own record says of its last attempts. */
export const noteAtReceiver: NonNullable<OutboxOptions['noted']> = async (
  writing,
  { channel_id }: DeliveryRow,
  attempted,
) => {
  const { tx, now } = writing
  if (channel_id === null) return
  await tx
    .updateTable('channels')
    .set(
      attempted.delivered
        ? { last_delivered_at: now, last_error: null }
        : { last_failed_at: now, last_error: attempted.error },
    )
    .where('id', '=', channel_id)
    .execute()
  // Of a device alone, whoever else answers so may be back.
  if (goneStatuses.includes(attempted.status ?? 0))
    await dropDevices(writing, router, { id: channel_id }, 'Its push service knows it no longer.')
}
