// A delivery as the message that it is now: what was decided meanwhile is not asked any more.
import { selectNamedApproval } from '../../store/approvals.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import { presentNamed } from '../approvals/list.ts'
import type { FleetView } from '../fleet/fleet.ts'
import type { Records } from '../records.ts'
import { type Message, reviewedMessage } from './message.ts'
import { readBody } from './message-body.ts'
import { askedMessage, endedMessage } from './message-of-approval.ts'
import { digestMessage, eventMessage, testMessage } from './message-of-several.ts'

export type MessageSources = Pick<Records, 'store' | 'clock'> &
  FleetView & {
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
