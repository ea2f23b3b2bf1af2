// Records as the router answers them. The protocol's own schemas check them, so that they cannot
// drift from the contract.
import { agentDetailSchema, agentSchema } from '@xerotier/protocol/api/agents.ts'
import { apiKeySecretSchema } from '@xerotier/protocol/api/api-keys.ts'
import { approvalLinkSchema } from '@xerotier/protocol/api/approval-links.ts'
import { type Approval, approvalSchema } from '@xerotier/protocol/api/approvals.ts'
import { channelSchema } from '@xerotier/protocol/api/channels.ts'
import { deliverySchema } from '@xerotier/protocol/api/deliveries.ts'
import { type Event, eventSchema } from '@xerotier/protocol/api/events.ts'
import { type ExecutionDetail, executionDetailSchema } from '@xerotier/protocol/api/executions.ts'
import { joinKeySecretSchema } from '@xerotier/protocol/api/join-keys.ts'
import { planSchema } from '@xerotier/protocol/api/plans.ts'
import { projectSchema } from '@xerotier/protocol/api/projects.ts'
import type { StreamedEvent } from '@xerotier/protocol/api/streamed-event.ts'
import { toolDetailSchema } from '@xerotier/protocol/api/tools.ts'
import { webhookSecretSchema } from '@xerotier/protocol/api/webhooks.ts'
import { workspaceSchema } from '@xerotier/protocol/api/workspaces.ts'
import { at, unset } from './record-parts.fixture.ts'

export * from './people-records.fixture.ts'
export { at }

export const digest = 'a'.repeat(64)

export const agent = agentSchema.parse({
  id: 'agt_fleet01',
  object: 'agent',
  name: 'xem-jumphost-01',
  role: 'xem',
  region: 'eu-west',
  description: null,
  state: 'active',
  health: 'healthy',
  unhealthy_reason: null,
  wire_version: 3,
  degraded_reason: null,
  hostname: 'jump01',
  version: '0.1.0',
  max_concurrent_executions: 20,
  in_flight: 2,
  tool_count: 1,
  paused: [],
  enrolled_at: at,
  curve_key_since: at,
  signing_key_since: null,
  connected_at: at,
  last_heartbeat_at: '2026-05-01T11:59:54.000Z',
  lease_epoch: 1,
  clock_offset_ms: 12,
  lease_expires_at: '2026-05-01T12:00:24.000Z',
  manifest_version: 3,
  manifest_hash: digest,
})

const descriptor = {
  name: 'host_process_kill',
  description: 'Kill a process',
  risk: 'destructive' as const,
  domain: 'host',
  workspace_types: ['host' as const],
  input_schema: {
    type: 'object',
    properties: {
      pid: { type: 'integer', description: 'Process id' },
      signal: { enum: ['TERM', 'KILL'] },
      name: { type: 'string' },
    },
    required: ['pid'],
  },
  schema_digest: digest,
  timeout_ms: 10_000,
  idempotent: false,
  mcp_visible: true,
  auto_fork_branch: false,
  has_preview: false,
  has_undo: false,
  operands: [],
  credentials: null,
}

export const agentDetail = agentDetailSchema.parse({
  ...agent,
  manifest_accepted_at: at,
  tools: [{ ...descriptor, bundle: 'host', bundle_version: '1.0.0' }],
  bundles: [
    { name: 'host', version: '1.0.0', error: null, left_out: [] },
    { name: 'broken', version: null, error: 'bundle.yaml:3: no name', left_out: [] },
  ],
  held: [],
  workspaces: [{ id: 'ws_0123456789ab', name: 'local-host', credentials_ref: null }],
})

export const tool = toolDetailSchema.parse({
  ...descriptor,
  object: 'tool',
  agents_online: 1,
  offered_by: [
    { agent_id: agent.id, agent: agent.name, bundle: 'host', bundle_version: '1.0.0', schema_digest: digest },
  ],
})

export const workspace = workspaceSchema.parse({
  id: 'ws_0123456789ab',
  object: 'workspace',
  name: 'local-host',
  type: 'host',
  description: null,
  created_at: at,
  paused: [],
  agents: [
    { agent_id: agent.id, agent: agent.name, health: 'healthy', paused: [], credentials_ref: null, bound_at: at },
  ],
})

export const project = projectSchema.parse({
  id: 'proj_demo1',
  object: 'project',
  slug: 'demo',
  name: 'Demo',
  allow_self_approval: true,
  encrypt_calls: true,
  required_login: ['passkey', 'provider'],
  retention_stopped_by: 'incident',
  retention: { executions_days: null, output_days: 30, artifacts_days: 1, events_days: 365 },
  created_at: at,
})

export const joinKey = joinKeySecretSchema.parse({
  id: 'jk_1',
  object: 'join_key',
  name: 'xem-2',
  role: 'xem',
  region: 'eu-west',
  router_addr: 'tcp://router.example:5555',
  require_approval: false,
  state: 'unused',
  created_at: at,
  expires_at: '2026-05-02T11:57:00.000Z',
  consumed_at: null,
  consumed_by: null,
  revoked_at: null,
  key: 'xjk_the.secret.value',
})

export const apiKey = apiKeySecretSchema.parse({
  user_id: null,
  user: null,
  id: 'key_1',
  object: 'api_key',
  name: 'ci',
  prefix: 'xero_demo_Ab',
  scopes: ['execution'],
  is_active: true,
  ip_filter: null,
  quota: null,
  workspaces: null,
  created_at: at,
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  grace_until: null,
  key: 'xero_demo_the-secret-value',
})

export const webhook = webhookSecretSchema.parse({
  id: 'wh_1',
  object: 'webhook',
  url: 'https://hooks.example.com/xem',
  description: null,
  events: ['exec.*'],
  workspaces: [],
  risks: [],
  is_active: true,
  created_at: at,
  updated_at: at,
  last_delivered_at: at,
  last_failed_at: null,
  last_error: null,
  overlap_until: null,
  secret: 'whsec_the-secret-value',
})

export const approvalLink = approvalLinkSchema.parse({
  id: 'lnk_1',
  object: 'approval_link',
  approval_id: '5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10',
  tool: tool.name,
  user_id: 'usr_1',
  user_name: 'Ann',
  user_email: 'ann@example.com',
  state: 'open',
  decision: null,
  created_by: 'key_1',
  created_at: at,
  expires_at: '2026-05-01T12:12:00.000Z',
  used_at: null,
  revoked_at: null,
})

export const channel = channelSchema.parse({
  id: 'chn_1',
  object: 'notification_channel',
  kind: 'slack',
  name: '#ops',
  target: 'https://hooks.slack.com',
  user_id: null,
  events: ['exec.approval_requested'],
  workspaces: [],
  risks: [],
  from_stage: 0,
  rules: [],
  quiet_hours: null,
  remind_minutes: null,
  is_active: true,
  created_at: at,
  updated_at: at,
  last_delivered_at: null,
  last_failed_at: null,
  last_error: null,
})

export const delivery = deliverySchema.parse({
  id: 'dlv_1',
  object: 'delivery',
  channel_id: webhook.id,
  event_id: 'evt_1',
  type: 'exec.completed',
  state: 'delivered',
  recipient: null,
  approval_id: null,
  attempts: 1,
  created_at: at,
  next_attempt_at: null,
  last_attempt_at: at,
  last_status: 200,
  last_error: null,
  settled_at: at,
})

export function execution(change: Partial<ExecutionDetail> = {}): ExecutionDetail {
  return executionDetailSchema.parse({
    ...unset(executionDetailSchema),
    id: 'exe_1',
    object: 'execution',
    project_id: 'proj_demo1',
    workspace_id: workspace.id,
    workspace: workspace.name,
    tool: tool.name,
    risk: tool.risk,
    effective_risk: tool.risk,
    state: 'completed',
    args: { pid: 4711 },
    digest,
    schema_digest: digest,
    policy_version: 1,
    credentials_ref: null,
    agent_id: agent.id,
    agent: agent.name,
    attempt: 1,
    requested_by: 'key_1',
    requested_by_name: 'ci',
    request_id: 'req-submit',
    timeout_ms: 10_000,
    created_at: at,
    dispatched_at: at,
    started_at: at,
    finished_at: at,
    duration_ms: 1200,
    exit_code: 0,
    stdout_bytes: 0,
    stderr_bytes: 0,
    truncated: false,
    stdout: '',
    stderr: '',
    artifacts: [],
    output_removed: false,
    legal_hold: null,
    transitions: [{ state: 'queued', at, actor: 'key_1', actor_name: 'ci', detail: {} }],
    approvals: [],
    attempts: [],
    retries: [],
    ...change,
  })
}

export const plan = planSchema.parse({
  object: 'plan',
  workspace_id: workspace.id,
  workspace: workspace.name,
  tool: tool.name,
  risk: tool.risk,
  args: { pid: 4711 },
  input_schema: tool.input_schema,
  schema_digest: digest,
  timeout_ms: 10_000,
  at_most_once: true,
  decision: 'ask',
  policy: 'default',
  policy_version: 1,
  rules: [],
  refusals: [],
  approval: {
    risk: 'destructive',
    timeout_seconds: 900,
    scope: 'execution',
    requester_may_decide: false,
    needs: ['anyone who may decide approvals'],
  },
  agents: [{ agent_id: agent.id, agent: agent.name, in_flight: 2, max_concurrent: 20, hindrance: null }],
})

/** What an approval of the default policy has to have, beside what it is about. */
export const askedNothing = {
  risk: 'destructive' as const,
  tool_risk: 'destructive' as const,
  policy_version: 1,
  asked: {
    policy: 'default',
    policy_id: null,
    version: 0,
    rules: [],
    closed: [],
    stage: 0,
    stage_name: '',
    stages: 1,
    stage_ends_at: '2026-05-01T12:12:00.000Z',
    places: 1,
    require_reason: false,
    require_passkey: false,
    on_timeout: 'expire' as const,
    break_glass: false,
  },
  votes: [],
  recommendations: [],
  needs: [],
  needed: 0,
  runs_at: null,
}

export function approval(change: Partial<Approval> = {}): Approval {
  return approvalSchema.parse({
    ...unset(approvalSchema),
    id: '5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10',
    object: 'approval',
    execution_id: 'exe_1',
    workspace_id: workspace.id,
    workspace: workspace.name,
    tool: tool.name,
    risk: 'destructive',
    tool_risk: 'destructive',
    state: 'pending',
    args: { pid: 4711 },
    prompt: 'Run host_process_kill (destructive)',
    digest,
    policy_version: 1,
    credentials_ref: null,
    agents: [{ id: agent.id, name: agent.name }],
    requested_by: 'key_1',
    requested_by_name: 'ci',
    requested_at: at,
    expires_at: '2026-05-01T12:12:00.000Z',
    asked: askedNothing.asked,
    votes: [],
    recommendations: [],
    needs: ['anyone who may decide approvals'],
    needed: 1,
    ...change,
  })
}

/** As a stream tells it: the record, and what happened. */
export function streamed<Row extends ExecutionDetail | Approval>(
  record: Row,
  event: Partial<StreamedEvent> & Pick<StreamedEvent, 'kind'>,
): Row & { event: StreamedEvent } {
  return { ...record, event: { at, actor: 'router', actor_name: null, actor_key: null, door: null, ...event } }
}

export function logEntry(kind: Event['kind'], change: Partial<Event> = {}): Event {
  return eventSchema.parse({
    ...unset(eventSchema),
    id: '1-1',
    object: 'event',
    kind,
    at,
    actor: 'router',
    actor_name: null,
    execution_id: 'exe_1',
    approval_id: null,
    agent_id: null,
    workspace_id: workspace.id,
    data: {},
    ...change,
  })
}

export function page<Row>(...data: Row[]) {
  return { object: 'list', data, has_more: false, last_id: null }
}
