// A delivery as the message that it is now: what was decided meanwhile is not asked any more.
import { selectNamedApproval } from '../../store/approvals.ts'
import { selectInvitation } from '../../store/invitations.ts'
import { selectSlug } from '../../store/projects.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import { presentNamed } from '../approvals/list.ts'
import { openSealed } from '../encryption/sealed.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Identity } from '../identity.ts'
import { stateAt } from '../people/invitations/read.ts'
import type { Records } from '../records.ts'
import { resetToken } from '../sessions/password-reset.ts'
import { invitedMessage } from './invite.ts'
import { type Message, reviewedMessage } from './message.ts'
import { type MessageBody, readBody } from './message-body.ts'
import { askedMessage, endedMessage } from './message-of-approval.ts'
import { digestMessage, eventMessage, testMessage } from './message-of-several.ts'
import { resetMessage } from './reset.ts'

export type MessageSources = Pick<Records, 'store' | 'clock'> &
  FleetView & {
    identity: Identity
    /** Where people reach the router; empty where nobody has said it. */
    publicUrl?: () => string
    /** Where one person alone decides on it; undefined where there are no links. */
    linkFor?: (approvalId: string, delivery: DeliveryRow) => Promise<string | undefined>
  }

/** Undefined when there is nothing left to say. @throws when its body cannot be read */
export async function messageOf(core: MessageSources, delivery: DeliveryRow): Promise<Message | undefined> {
  const message = await toldOf(core, delivery)
  return message === undefined ? undefined : reviewedMessage(message)
}

async function toldOf(core: MessageSources, delivery: DeliveryRow): Promise<Message | undefined> {
  const body = readBody(delivery.body)
  switch (body.say) {
    case 'event':
      return eventMessage(body)
    case 'digest':
      return digestMessage(body)
    case 'test':
      return testMessage(body)
    case 'reset':
      return resetOf(core, delivery, body)
    case 'invited':
      return invitedOf(core, delivery, body)
  }
  const row = await selectNamedApproval(core.store.db, delivery.project_id, body.approval)
  if (row === undefined) return undefined
  const [approval] = await presentNamed(core, core.store.db, [row])
  if (approval === undefined) return undefined
  if (body.say === 'asked') {
    if (approval.state !== 'pending') return undefined
    const link = await core.linkFor?.(approval.id, delivery)
    return askedMessage(approval, { stage: body.stage, ...(link === undefined ? {} : { link }) })
  }
  const isOver = body.say === 'resolved' || approval.state !== 'approved'
  return endedMessage(approval, isOver ? 'resolve' : 'acknowledge')
}

/** Undefined once its time is over. Its token is made now: what waits to be sent holds none. */
async function resetOf(
  core: MessageSources,
  { recipient }: DeliveryRow,
  { until }: Extract<MessageBody, { say: 'reset' }>,
): Promise<Message | undefined> {
  if (recipient === null || Date.parse(until) <= core.clock.now()) return undefined
  const token = await resetToken(core, recipient, new Date(until))
  return resetMessage({ url: `${core.publicUrl?.() ?? ''}/ops/reset#${token}`, until })
}

/** Undefined once it was accepted or revoked, or is over. */
async function invitedOf(
  core: MessageSources,
  { project_id }: DeliveryRow,
  { invitation: id, token, sealed = '' }: Extract<MessageBody, { say: 'invited' }>,
): Promise<Message | undefined> {
  const { db } = core.store
  const invitation = await selectInvitation(db, project_id, id)
  if (invitation === undefined || stateAt(invitation, core.clock.now()) !== 'pending') return undefined
  const project = await selectSlug(db, project_id)
  const address = `${core.publicUrl?.() || 'https://<router>'}/${project}/v1`
  const opened = () => openSealed(core.identity.keyring, id, Buffer.from(sealed, 'base64')).toString()
  return invitedMessage(invitation, { token: token ?? opened(), project, address })
}
