// An example of each route, as a line for a shell. The key stands in a file: what is on a command
// line, everybody on the host can read.
import type { Route } from '@xerotier/protocol/route.ts'
import { type RouteId, routes } from '@xerotier/protocol/routes.ts'

export interface Example {
  method: string
  /** With what stands in for ids: `$EXECUTION`. */
  path: string
  body: unknown
}

/** By the first word of an operation. */
const ids: Record<string, string> = {
  members: 'mia@example.com',
  sessions: '$SESSION',
  groups: 'sre',
  delegations: '$DELEGATION',
  pauses: '$PAUSE',
  candidates: '$CANDIDATE',
  invitations: '$INVITATION',
  agents: 'web-1',
  joinKeys: '$JOIN_KEY',
  apiKeys: '$KEY_ID',
  workspaces: 'prod',
  invocations: '$EXECUTION',
  executions: '$EXECUTION',
  approvals: '$APPROVAL',
  webhooks: '$WEBHOOK',
  approvalLinks: '$LINK',
  channels: '$CHANNEL',
  deliveries: '$DELIVERY',
  audit: '$RECORD',
  exports: '$EXPORT',
  legalHolds: '$HOLD',
}

const queries: Partial<Record<RouteId, string>> = {
  'agents.list': 'limit=50',
  'tools.list': 'workspace=prod',
  'tools.show': 'workspace=prod',
  'invocations.submit': 'wait=10',
  'executions.list': 'status=failed&limit=50',
  'executions.stream': 'execution_id=$EXECUTION&output=true',
  'executions.raw': 'stream=stdout',
  'approvals.stream': 'risk=irreversible',
  'deliveries.list': 'state=exhausted',
  'audit.entries': 'from=0&to=256',
  'members.list': 'role=owner',
  'delegations.list': 'status=upcoming,active',
  'invitations.list': 'status=pending',
  'policies.diff': 'from=1&to=2',
}

/**
 * Of every route that takes a body, but for those that take what is not for a command line: what
 * agents have signed, and the token of an invitation.
 */
const bodies: Partial<Record<RouteId, unknown>> = {
  'project.update': { allow_self_approval: false, retention: { executions_days: 180, output_days: 14 } },
  'whoami.update': { quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' } },
  'agents.update': { description: 'rack 4' },
  'exports.create': { type: 'executions', since: '2026-05-01T00:00:00.000Z', until: '2026-05-02T00:00:00.000Z' },
  'legalHolds.create': { project: true, reason: 'evidence in case 7', incident: 'INC-7' },
  'agents.acceptRisk': { tool: 'host_uptime' },
  'agents.curveRotate': { reason: 'laptop lost' },
  'agents.rotateSigningKey': { reason: 'laptop lost' },
  'grantKeys.rotate': { reason: 'INC-7' },
  'agents.pause': { workspace: 'prod', reason: 'INC-7' },
  'agents.resume': { workspace: 'prod' },
  'joinKeys.create': { name: 'web-1', region: 'eu' },
  'apiKeys.create': { name: 'ci', scopes: ['execution'] },
  'apiKeys.ipFilter': { allow: ['10.0.0.0/8'] },
  'apiKeys.quota': { requests: 600, window_seconds: 60 },
  'apiKeys.workspaces': { workspaces: ['prod'] },
  'workspaces.create': { name: 'prod', type: 'host' },
  'workspaces.bind': { agent: 'web-1' },
  'invocations.submit': { workspace: 'prod', tool: 'host_uptime', reason: 'INC-7' },
  'invocations.plan': { workspace: 'prod', tool: 'host_uptime' },
  'executions.resolve': { outcome: 'completed', note: 'seen on the host' },
  'approvals.approve': { note: 'as discussed' },
  'channels.create': { kind: 'email', name: 'on call', to: ['on-call@example.com'] },
  'channels.update': { from_stage: 1 },
  'approvalLinks.create': { approval: '01900000-0000-7000-8000-000000000000', user: 'ann@example.com' },
  'webhooks.create': { url: 'https://hooks.example.com/xem', events: ['exec.*'] },
  'webhooks.update': { url: 'https://hooks.example.com/xem', events: ['exec.failed'] },
  'webhooks.rotateSecret': { overlap_hours: 24 },
  'approvals.reject': { note: 'not on a Friday' },
  'approvals.decide': {
    decision: 'approve',
    note: 'as discussed',
    approvals: [{ id: '$APPROVAL', digest: '$DIGEST' }],
  },
  'approvals.recommend': { recommendation: 'reject', note: 'the last node of its zone' },
  'approvals.withdraw': { note: 'no longer needed' },
  'approvals.breakGlass': { reason: 'INC-7: the site is down' },
  'approvals.review': { note: 'rightly so' },
  'members.add': { email: 'mia@example.com', role: 'member' },
  'members.update': { role: 'owner' },
  'groups.create': { name: 'sre', members: ['sam@example.com'] },
  'groups.addMember': { member: 'sue@example.com' },
  'delegations.create': {
    kind: 'grant',
    to: 'sam@example.com',
    risks: ['destructive'],
    workspaces: ['prod'],
    ends_at: '$IN_A_WEEK',
  },
  'executions.retry': { reason: 'the cluster is back' },
  'candidates.approve': { note: 'the key id is that of its log' },
  'candidates.reject': { note: 'nobody knows this host' },
  'pauses.create': { tool: 'kubectl_drain', reason: 'drains the wrong nodes', incident: 'INC-7', ttl_seconds: 7200 },
  'pauses.plan': { workspace: 'prod' },
  'invitations.create': { email: 'ben@example.com', groups: ['sre'] },
  'policies.check': { document: { rules: [{ name: 'ask', when: 'tool == 1', then: { risk: 'destructive' } }] } },
  'policies.test': { workspace: 'prod', tool: 'host_uptime', risk: 'destructive', requester: 'sam@example.com' },
  'policies.backtest': { policy: 'prod', since: '2026-11-01T00:00:00Z' },
  'policies.apply': {
    workspace: 'prod',
    document: { stages: [{ approvers: { groups: ['sre'] } }] },
    draft: true,
    note: 'INC-7',
  },
  'policies.activate': { dry_run: true },
}

export function exampleOf(id: RouteId): Example {
  const { method, path, body }: Route = routes[id]
  const [noun = ''] = id.split('.')
  const filled = path
    .replace(':project_id', '$PROJECT')
    .replace(':id', ids[noun] ?? '')
    .replace(':name', 'host_uptime')
    .replace(':agent', 'web-1')
    .replace(':member', 'sue@example.com')
    .replace(':policy', 'prod')
    .replace(':artifact_id', '$ARTIFACT')
    // Tiles of the lowest level.
    .replace(':level/:tile/:below/:last', '0/x001/x000/000')
    .replace(':level/:tile/:below', '0/x001/002')
    .replace(':level/:tile', '0/000')
  const query = queries[id]
  return {
    method,
    path: query === undefined ? filled : `${filled}?${query}`,
    body: body === undefined ? undefined : (bodies[id] ?? '@request.json'),
  }
}

export function curlOf(id: RouteId): string {
  const { auth, response }: Route = routes[id]
  const { method, path, body } = exampleOf(id)
  const words = ['curl -sS']
  if (method !== 'GET') words.push(`-X ${method}`)
  if (response === 'sse') words.push('-N')
  if (auth !== 'public') words.push(`-H @${auth === 'agent' ? 'token' : 'key'}.txt`)
  if (body !== undefined) {
    words.push("-H 'Content-Type: application/json'")
    words.push(`-d ${typeof body === 'string' ? body : quoted(JSON.stringify(body))}`)
  }
  if (response === 'bytes') words.push('-o output.bin')
  return [...words, `"$ROUTER${path}"`].join(' ')
}

/** What stands in for a time is worked out by the shell: an example is right on any day. */
function quoted(json: string): string {
  return `'${json.replaceAll('"$IN_A_WEEK"', `"'$(date -ud '+7 days' +%FT%TZ)'"`)}'`
}
