// Somebody who reads: a channel, or a person of a project, who is told by mail.
import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import type { QuietHoursOf } from '../../store/members.ts'
import type { ChannelRow } from '../../store/tables.ts'

export interface Recipient {
  /** Unique over all kinds. */
  id: string
  projectId: string
  channel: ChannelRow | null
  userId: string | null
  quietHours: QuietHours | null
}

/** @param quietHoursOf a device sleeps when its person does */
export function channelRecipient(channel: ChannelRow, quietHoursOf?: QuietHoursOf): Recipient {
  const { id, project_id: projectId, user_id, quiet_hours } = channel
  const ofPerson = user_id === null ? null : (quietHoursOf?.(projectId, user_id) ?? null)
  return { id, projectId, channel, userId: null, quietHours: quiet_hours ?? ofPerson }
}

/** @param quietHours null also for what cannot wait: a link that somebody asked for, say */
export function personRecipient(projectId: string, userId: string, quietHours: QuietHours | null): Recipient {
  return { id: `${projectId}/${userId}`, projectId, channel: null, userId, quietHours }
}

/** To whom a delivery goes, and behind whom it waits. */
export function addressedTo({ projectId, channel, userId }: Recipient) {
  return {
    projectId,
    channelId: channel?.id ?? null,
    lane: channel?.id ?? `mail:${projectId}`,
    ...(userId === null ? {} : { recipient: userId }),
  }
}
