/** Words on the line, and the request that they make. */
export type Sent = [words: string, request: string, body?: unknown]

/** What the commands about people send: commands.test.ts tries them all. */
export const sendsOfPeople: Sent[] = [
  [
    'keys create --name laptop --for anna@example.com --scopes execution',
    'POST /management/api-keys',
    { name: 'laptop', user: 'anna@example.com', scopes: ['execution'] },
  ],
  [
    'keys create --name ci --service --scopes execution',
    'POST /management/api-keys',
    { name: 'ci', scopes: ['execution'] },
  ],
  ['whoami', 'GET /whoami'],
  [
    'notifications quiet-hours 22:00-07:00 --time-zone Europe/Berlin',
    'PATCH /whoami',
    { quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' } },
  ],
  ['notifications quiet-hours none', 'PATCH /whoami', { quiet_hours: null }],
  ['project show', 'GET /management/project'],
  ['project update --name Acme', 'PATCH /management/project', { name: 'Acme' }],
  ['project update --encrypt-calls yes', 'PATCH /management/project', { encrypt_calls: true }],
  [
    'project update --required-login passkey,provider',
    'PATCH /management/project',
    { required_login: ['passkey', 'provider'] },
  ],
  ['project update --required-login any', 'PATCH /management/project', { required_login: [] }],
  ['project update --self-approval refuse', 'PATCH /management/project', { allow_self_approval: false }],
  [
    'project update --keep-executions 180 --keep-output forever',
    'PATCH /management/project',
    { retention: { executions_days: 180, output_days: null } },
  ],
  ['login-link', 'POST /login-links'],
  ['project members', 'GET /management/members?limit=100'],
  ['project members list --role owner', 'GET /management/members?role=owner&limit=100'],
  ['project members show anna@example.com', 'GET /management/members/anna%40example.com'],
  [
    'project members add anna@example.com --role owner',
    'POST /management/members',
    { email: 'anna@example.com', role: 'owner' },
  ],
  ['project members update usr_2 --role member', 'PATCH /management/members/usr_2', { role: 'member' }],
  [
    'project members update usr_2 --deactivate --system-role none',
    'PATCH /management/members/usr_2',
    { active: false, system_role: null },
  ],
  ['project members remove usr_2 --yes', 'DELETE /management/members/usr_2'],
  ['project members end-sessions usr_2 --yes', 'DELETE /management/members/usr_2/sessions'],
  ['project sessions', 'GET /management/sessions?limit=20'],
  ['project sessions list --member anna@example.com', 'GET /management/sessions?member=anna%40example.com&limit=20'],
  ['project sessions end ses_1', 'DELETE /management/sessions/ses_1'],
  ['project groups', 'GET /management/groups?limit=100'],
  ['project groups show sre', 'GET /management/groups/sre'],
  [
    'project groups create sre --member usr_2,anna@example.com',
    'POST /management/groups',
    { name: 'sre', members: ['usr_2', 'anna@example.com'] },
  ],
  ['project groups add sre --member usr_2', 'POST /management/groups/sre/members', { member: 'usr_2' }],
  ['project groups remove sre --member usr_2', 'DELETE /management/groups/sre/members/usr_2'],
  ['project groups delete sre --yes', 'DELETE /management/groups/sre'],
  ['project delegations', 'GET /management/delegations?limit=20'],
  ['project delegations list --status all', 'GET /management/delegations?status=all&limit=20'],
  ['project delegations show dlg_1', 'GET /management/delegations/dlg_1'],
  [
    'project delegations create --kind grant --to usr_2 --risk destructive -w w --until 7d --note why',
    'POST /management/delegations',
    {
      ...{ kind: 'grant', to: 'usr_2', note: 'why', risks: ['destructive'], workspaces: ['w'] },
      ends_at: '2026-05-08T12:00:00.000Z',
    },
  ],
  [
    'project delegations create --kind handover --from usr_1 --to usr_2 --starts 1h --until 2026-05-02',
    'POST /management/delegations',
    {
      ...{ kind: 'handover', from: 'usr_1', to: 'usr_2' },
      ...{ starts_at: '2026-05-01T13:00:00.000Z', ends_at: '2026-05-02T00:00:00.000Z' },
    },
  ],
  ['project delegations end dlg_1', 'DELETE /management/delegations/dlg_1'],
  ['project invitations', 'GET /management/invitations?limit=20'],
  ['project invitations list --status pending', 'GET /management/invitations?status=pending&limit=20'],
  ['project invitations show inv_1', 'GET /management/invitations/inv_1'],
  [
    'project invitations create --email anna@example.com --group sre --expires-in-hours 2',
    'POST /management/invitations',
    { email: 'anna@example.com', groups: ['sre'], expires_in_hours: 2 },
  ],
  ['project invitations revoke inv_1', 'DELETE /management/invitations/inv_1'],
]
