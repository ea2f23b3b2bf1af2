// Who there is, in which groups, and who decides for whom (tables.ts).
import type { KeyWorkspace } from '@xerotier/protocol/api/api-keys.ts'
import type { QuietHours } from '@xerotier/protocol/api/quiet-hours.ts'
import type { InvitationState } from '@xerotier/protocol/lifecycles/invitation.ts'
import type { Risk } from '@xerotier/protocol/risk.ts'
import type { DelegationKind, ProjectRole, SystemRole } from '@xerotier/protocol/roles.ts'
import { boolean, bytea, initially, jsonb, nullable, text, texts, timestamptz } from './column.ts'

const users = {
  id: text(),
  email: text(),
  /** Unique: the e-mail as it is compared. */
  email_key: text(),
  name: text(),
  active: initially(true, boolean()),
  system_role: nullable(text<SystemRole>()),
  created_at: timestamptz(),
  updated_at: timestamptz(),
}

const project_members = {
  project_id: text(),
  user_id: text(),
  role: text<ProjectRole>(),
  added_by: text(),
  added_at: timestamptz(),
  quiet_hours: nullable(jsonb<QuietHours>()),
  /** An owner has ended all from before: they come in no more. */
  sessions_since: nullable(timestamptz()),
}

const groups = {
  id: text(),
  project_id: text(),
  name: text(),
  created_by: text(),
  created_at: timestamptz(),
}

const group_members = {
  group_id: text(),
  project_id: text(),
  user_id: text(),
  added_by: text(),
  added_at: timestamptz(),
}

const delegations = {
  id: text(),
  project_id: text(),
  kind: text<DelegationKind>(),
  from_user: text(),
  to_user: text(),
  /** null for all. */
  risks: nullable(texts<Risk>()),
  /** Those that it holds for, as they were called then; null for all. */
  workspaces: nullable(jsonb<KeyWorkspace[]>()),
  starts_at: timestamptz(),
  ends_at: timestamptz(),
  note: nullable(text()),
  created_by: text(),
  created_at: timestamptz(),
  /** By whom, and when, it was ended before its time. */
  ended_by: nullable(text()),
  ended_at: nullable(timestamptz()),
}

const invitations = {
  id: text(),
  project_id: text(),
  email: text(),
  email_key: text(),
  role: text<ProjectRole>(),
  /** Ids. */
  groups: texts(),
  token_hash: bytea(),
  state: text<InvitationState>(),
  created_by: text(),
  created_at: timestamptz(),
  expires_at: timestamptz(),
  accepted_by: nullable(text()),
  accepted_at: nullable(timestamptz()),
  revoked_at: nullable(timestamptz()),
}

export const peopleTables = { users, project_members, groups, group_members, delegations, invitations }
