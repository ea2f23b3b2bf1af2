// People of a project as the router answers them.
import { delegationSchema } from '@xerotier/protocol/api/delegations.ts'
import { groupSchema } from '@xerotier/protocol/api/groups.ts'
import { invitationSecretSchema } from '@xerotier/protocol/api/invitations.ts'
import { memberSchema } from '@xerotier/protocol/api/members.ts'
import { loginLinkSchema, memberSessionSchema } from '@xerotier/protocol/api/sessions.ts'
import { whoamiSchema } from '@xerotier/protocol/api/whoami.ts'
import { at, unset } from './record-parts.fixture.ts'

const byOwner = { created_by: 'usr_1', created_by_name: 'Olga', created_at: at }
const anna = { id: 'usr_2', name: 'Anna', email: 'anna@example.com' }

export const member = memberSchema.parse({
  ...unset(memberSchema),
  ...anna,
  object: 'member',
  role: 'member',
  active: true,
  groups: ['sre'],
  added_by: 'usr_1',
  added_by_name: 'Olga',
  added_at: at,
})

export const group = groupSchema.parse({
  ...{ id: 'grp_1', object: 'group', name: 'sre', members: [{ ...anna, active: true }] },
  ...byOwner,
})

export const delegation = delegationSchema.parse({
  ...unset(delegationSchema),
  ...{ id: 'dlg_1', object: 'delegation', kind: 'grant', state: 'active' },
  ...{ from: 'usr_1', from_name: 'Olga', to: anna.id, to_name: anna.name },
  ...{ risks: ['destructive'], workspaces: [{ id: 'ws_0123456789ab', name: 'local-host' }] },
  ...{ starts_at: at, ends_at: '2026-05-08T12:00:00.000Z', ...byOwner },
})

export const invitation = invitationSecretSchema.parse({
  ...unset(invitationSecretSchema),
  ...{ id: 'inv_1', object: 'invitation', email: anna.email, role: 'member', groups: ['sre'], state: 'pending' },
  ...{ expires_at: '2026-05-08T12:00:00.000Z', token: `xinv_${'t'.repeat(43)}`, ...byOwner },
})

export const memberSession = memberSessionSchema.parse({
  ...unset(memberSessionSchema),
  ...{ id: 'ses_1', object: 'session', address: '127.0.0.1', browser: 'Firefox/140', methods: ['passkey'] },
  ...{ user_id: anna.id, user_email: anna.email, user_name: anna.name },
  ...{ created_at: at, seen_at: at, expires_at: at },
})

export const loginLink = loginLinkSchema.parse({
  ...{
    id: 'lgn_1',
    object: 'login_link',
    token: 'xlgn_1',
    email: 'anna@example.com',
    expires_at: '2026-04-02T09:10:00.000Z',
  },
})

export const whoami = whoamiSchema.parse({
  ...{ object: 'whoami', project_id: 'proj_0123', project: 'acme', door: 'api' },
  person: { ...anna, role: 'member', system_role: null, groups: ['sre'], quiet_hours: null },
  key: { id: 'key_1', name: 'laptop', scopes: ['execution'], workspaces: null, expires_at: null },
})
