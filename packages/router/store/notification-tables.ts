// The tables of who is told of events, and of what is on its way to them (tables.ts).
import type { ChannelKind } from '@xerotier/protocol/api/channels.ts'
import type { DeliveryState } from '@xerotier/protocol/lifecycles/delivery.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { boolean, bytea, initially, int, nullable, text, texts, timestamptz, uuid } from './column.ts'

/** Webhooks too: one of the kinds. */
export const channels = {
  id: text(),
  project_id: text(),
  kind: text<ChannelKind>(),
  name: nullable(text()),
  target: text(),
  /** Sealed: domain/channels/secret.ts. */
  secret: nullable(bytea()),
  previous_secret: nullable(bytea()),
  overlap_until: nullable(timestamptz()),
  events: texts(),
  /** Ids; none for all. */
  workspaces: texts(),
  risks: texts<Risk>(),
  active: boolean(),
  created_by: text(),
  created_at: timestamptz(),
  updated_at: timestamptz(),
  last_delivered_at: nullable(timestamptz()),
  last_failed_at: nullable(timestamptz()),
  last_error: nullable(text()),
  deleted_at: nullable(timestamptz()),
}

export const deliveries = {
  id: text(),
  project_id: text(),
  channel_id: nullable(text()),
  /** The id of the channel; `mail:` and a project for what goes to people. */
  lane: text(),
  event_id: text(),
  type: text(),
  state: text<DeliveryState>(),
  /** What is sent, or what a message is made of. */
  body: text(),
  recipient: nullable(text()),
  approval_id: nullable(uuid()),
  attempts: initially(0, int()),
  created_at: timestamptz(),
  /** Since it was made, or somebody asked for it again. */
  waiting_since: timestamptz(),
  next_attempt_at: timestamptz(),
  last_attempt_at: nullable(timestamptz()),
  last_status: nullable(int()),
  last_error: nullable(text()),
  settled_at: nullable(timestamptz()),
}
