// The tables of who is told of events, and of what is on its way to them (tables.ts).
import type { ChannelKind } from '@xerotier/protocol/api/channels.ts'
import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import type { DeliveryState } from '@xerotier/protocol/lifecycles/delivery.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import { boolean, bytea, initially, int, jsonb, nullable, text, texts, timestamptz, uuid } from './column.ts'

/** Webhooks too: one of the kinds. */
const channels = {
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
  /** The first stage of an approval that it is told of. */
  from_stage: initially(0, int()),
  /** Names of rules of policies; null for whatever rule asked. */
  rules: nullable(texts()),
  quiet_hours: nullable(jsonb<QuietHours>()),
  remind_minutes: nullable(int()),
  /** Of a device: its person, the session that it was added in, and the pair that it knows. */
  user_id: nullable(text()),
  session_id: nullable(text()),
  push_key: nullable(text()),
  /** SHA-256, hexadecimal, of where its push service takes messages for it. */
  endpoint_hash: nullable(text()),
}

/** With one of these the router says who it is to push services. */
const push_keys = {
  id: text(),
  /** The one that new devices are told; one of them at most. */
  current: boolean(),
  public_key: bytea(),
  /** Sealed: domain/push-devices/key.ts. */
  private_key: bytea(),
  created_at: timestamptz(),
}

const deliveries = {
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
  /** The key that sealed it; null where it is in the clear. */
  sealed_with: nullable(int()),
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

/** Whom a channel or a person was told of. */
const notices = {
  id: text(),
  project_id: text(),
  /** The id of a channel, or that of the project and a person. */
  recipient: text(),
  channel_id: nullable(text()),
  user_id: nullable(text()),
  /** The approval, or the event. */
  subject: text(),
  approval_id: nullable(uuid()),
  type: text(),
  requester: text(),
  about: jsonb<NoticeAbout>(),
  created_at: timestamptz(),
  told_at: nullable(timestamptz()),
  /** In a message of its own. */
  told_alone: initially(false, boolean()),
  ended_at: nullable(timestamptz()),
  outcome: nullable(text()),
  end_told_at: nullable(timestamptz()),
  end_told_alone: initially(false, boolean()),
}

/** When somebody was last told of several at once. */
const notice_recipients = {
  recipient: text(),
  digest_at: nullable(timestamptz()),
  reminded_at: nullable(timestamptz()),
}

/** With one of these, one person votes once on one approval. */
const approval_links = {
  id: text(),
  project_id: text(),
  approval_id: uuid(),
  user_id: text(),
  /** What the person was asked about. */
  digest: text(),
  created_by: text(),
  created_at: timestamptz(),
  expires_at: timestamptz(),
  used_at: nullable(timestamptz()),
  decision: nullable(text<'approve' | 'reject'>()),
  revoked_at: nullable(timestamptz()),
  revoked_by: nullable(text()),
}

/** What a list of several says of one. */
export interface NoticeAbout {
  title: string
  workspace: string | null
  risk: Risk | null
  requester: string | null
}

export const notificationTables = { channels, push_keys, deliveries, notices, notice_recipients, approval_links }
