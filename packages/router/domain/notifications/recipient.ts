// Somebody who reads: a channel, or a person of a project, who is told by mail.
import type { ChannelRow } from '../../store/tables.ts'

export interface Recipient {
  /** Unique over all kinds. */
  id: string
  projectId: string
  channel: ChannelRow | null
  userId: string | null
}

export function channelRecipient(channel: ChannelRow): Recipient {
  return { id: channel.id, projectId: channel.project_id, channel, userId: null }
}

export function personRecipient(projectId: string, userId: string): Recipient {
  return { id: `${projectId}/${userId}`, projectId, channel: null, userId }
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
