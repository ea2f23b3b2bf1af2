/** What the commands about webhooks, channels and deliveries send. */
export const notificationSends: [words: string, request: string, body?: unknown][] = [
  ['webhooks', 'GET /webhooks?limit=20'],
  ['webhooks wh_1', 'GET /webhooks/wh_1'],
  [
    `webhooks --create --url https://h.example/x --events 'exec.*,agent.offline'`,
    'POST /webhooks',
    { url: 'https://h.example/x', events: ['exec.*', 'agent.offline'] },
  ],
  [
    `webhooks create --url https://h.example/x --events '*' --description d -w a --risk write`,
    'POST /webhooks',
    { url: 'https://h.example/x', description: 'd', events: ['*'], workspaces: ['a'], risks: ['write'] },
  ],
  [
    'webhooks wh_1 --update --active no --events exec.failed',
    'PUT /webhooks/wh_1',
    { events: ['exec.failed'], is_active: false },
  ],
  ['webhooks wh_1 --delete --yes', 'DELETE /webhooks/wh_1'],
  ['webhooks wh_1 --test', 'POST /webhooks/wh_1/test'],
  ['webhooks wh_1 --deliveries', 'GET /webhooks/wh_1/deliveries?limit=20'],
  ['webhooks deliveries wh_1 --state exhausted', 'GET /webhooks/wh_1/deliveries?state=exhausted&limit=20'],
  ['webhooks wh_1 --rotate-secret', 'POST /webhooks/wh_1/rotate-secret', {}],
  ['webhooks rotate-secret wh_1 --overlap-hours 0', 'POST /webhooks/wh_1/rotate-secret', { overlap_hours: 0 }],
  ['notifications channels', 'GET /notifications/channels?limit=20'],
  ['notifications channels list', 'GET /notifications/channels?limit=20'],
  ['notifications channels show chn_1', 'GET /notifications/channels/chn_1'],
  [
    `notifications channels create --kind slack --name '#ops' --url https://hooks.example/x`,
    'POST /notifications/channels',
    { kind: 'slack', name: '#ops', url: 'https://hooks.example/x' },
  ],
  [
    'notifications channels create --kind pagerduty --name p --routing-key k --from-stage 1 --rule night --risk irreversible',
    'POST /notifications/channels',
    { kind: 'pagerduty', name: 'p', routing_key: 'k', from_stage: 1, rules: ['night'], risks: ['irreversible'] },
  ],
  [
    'notifications channels create --kind email --name m --to a@b.example,c@d.example --quiet 22:00-07:00 --time-zone Europe/Berlin --remind 60',
    'POST /notifications/channels',
    {
      kind: 'email',
      name: 'm',
      to: ['a@b.example', 'c@d.example'],
      quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' },
      remind_minutes: 60,
    },
  ],
  [
    'notifications channels update chn_1 --active no --quiet none --remind never',
    'PUT /notifications/channels/chn_1',
    { is_active: false, quiet_hours: null, remind_minutes: null },
  ],
  ['notifications channels delete chn_1 -y', 'DELETE /notifications/channels/chn_1'],
  ['notifications channels test chn_1', 'POST /notifications/channels/chn_1/test'],
  ['notifications', 'GET /notifications/deliveries?limit=20'],
  [
    'notifications deliveries --state exhausted,pending --channel wh_1',
    'GET /notifications/deliveries?state=exhausted%2Cpending&channel=wh_1&limit=20',
  ],
  ['notifications redeliver dlv_1', 'POST /notifications/deliveries/dlv_1/redeliver'],
]
