// What the commands about pauses and legal holds send, and what they are answered.
import { candidateSchema } from '@xerotier/protocol/api/candidates.ts'
import { grantKeysSchema } from '@xerotier/protocol/api/grant-keys.ts'
import { legalHoldSchema } from '@xerotier/protocol/api/legal-holds.ts'
import { pausePlanSchema, pauseSchema } from '@xerotier/protocol/api/pauses.ts'
import { rotationSchema } from '@xerotier/protocol/api/rotations.ts'
import { at, unset } from './record-parts.fixture.ts'
import { agent, agentDetail, page } from './records.fixture.ts'

const named = {
  ...{ target: 'workspace' as const, workspace_id: 'ws_0123456789ab', workspace: 'local-host' },
  ...{ agent_id: null, agent: null, tool: null },
}

export const pause = pauseSchema.parse({
  ...unset(pauseSchema),
  ...named,
  ...{ id: 'pse_1', object: 'pause', state: 'active', reason: 'cluster outage', incident: 'INC-42' },
  ...{ paused_by: 'usr_1', paused_by_name: 'Olga', paused_at: at, ends_at: '2026-05-01T14:00:00.000Z' },
})

const counts = { running: 1, queued: 2, pending_approval: 3 }
export const pausePlan = pausePlanSchema.parse({
  ...{ object: 'pause_plan', ...named, pause: null, ...counts },
  agents: [{ agent_id: 'agt_1', agent: 'xem-jumphost-01', health: 'healthy', running: 1 }],
  workspaces: [{ workspace_id: named.workspace_id, workspace: named.workspace, ...counts, others: 0 }],
  tools: [{ tool: 'host_uptime', risk: 'read', ...counts }],
})

export const candidate = candidateSchema.parse({
  ...unset(candidateSchema),
  ...{ id: 'cand_1', object: 'candidate', state: 'pending', name: 'xem-jumphost-02', role: 'xem', hostname: 'jump02' },
  ...{ version: '0.1.0', key_id: 'abcd', join_key_id: 'jk_1', requested_at: at, expires_at: at },
})

export const legalHold = legalHoldSchema.parse({
  ...unset(legalHoldSchema),
  ...{ id: 'lgh_1', object: 'legal_hold', reason: 'evidence in case 7', incident: 'INC-42' },
  ...{ placed_by: 'usr_1', placed_by_name: 'Anna', placed_at: at },
})

export const rotation = rotationSchema.parse({
  ...unset(rotationSchema),
  ...{ id: 'rot_1', object: 'rotation', use: 'curve', state: 'completed', agent_id: 'agt_1', agent: 'xem-jumphost-01' },
  ...{ requested_by: 'usr_1', requested_by_name: 'Olga', requested_at: at, deadline: at, completed_at: at },
  old_key: 'x'.repeat(40),
})

export const grantKeys = grantKeysSchema.parse({
  ...{ object: 'grant_keys', unaware_agents: 0 },
  keys: [
    {
      ...{ id: 'gk_1', key_id: '0123456789abcdef', state: 'current', reason: 'INC-42' },
      ...{ made_by: 'usr_1', made_by_name: 'Olga', made_at: at, signs_until: null },
    },
  ],
})

/** What a request about agents is answered. */
export function agentRecordOf(method: string, path: string, id: string | undefined): unknown {
  if (path.includes('rotat')) return method === 'GET' ? page(rotation) : rotation
  return id !== undefined && (method === 'GET' || path.endsWith('/accept-risk')) ? agentDetail : agent
}

export const pauseSends: [words: string, request: string, body?: unknown][] = [
  ['pauses', 'GET /management/pauses?limit=20'],
  ['pauses pse_1', 'GET /management/pauses/pse_1'],
  ['pauses show pse_1', 'GET /management/pauses/pse_1'],
  [
    'pauses list --status all --target tool --incident INC-42 -w w --limit 5',
    'GET /management/pauses?status=all&target=tool&workspace=w&incident=INC-42&limit=5',
  ],
  ['pauses end pse_1', 'DELETE /management/pauses/pse_1'],
  ['pauses create --project', 'POST /management/pauses', { project: true }],
  [
    'pauses create --tool t -w w --reason why --incident INC-42 --ttl 2h',
    'POST /management/pauses',
    { tool: 't', workspace: 'w', reason: 'why', incident: 'INC-42', ttl_seconds: 7200 },
  ],
  ['pauses create --agent a --dry-run', 'POST /management/pauses/plan', { agent: 'a' }],
  [
    'workspaces pause local-host --ttl 2026-05-01T12:30:00Z',
    'POST /management/pauses',
    { workspace: 'local-host', ttl_seconds: 1800 },
  ],
  ['workspaces resume local-host', 'DELETE /management/pauses/pse_1'],
  ['project pause --note why', 'POST /management/pauses', { project: true, reason: 'why' }],
  ['project resume', 'DELETE /management/pauses/pse_1'],
  ['agents pause-exec agt_1', 'POST /management/agents/agt_1/pause-exec', {}],
  [
    'agents pause-exec agt_1 --workspace w --reason why',
    'POST /management/agents/agt_1/pause-exec',
    { workspace: 'w', reason: 'why' },
  ],
  [
    'agents pause-exec a -w w --incident INC-42 --ttl 30m',
    'POST /management/agents/a/pause-exec',
    { workspace: 'w', incident: 'INC-42', ttl_seconds: 1800 },
  ],
  ['legal-holds', 'GET /management/legal-holds?limit=20'],
  ['legal-holds list --status all', 'GET /management/legal-holds?status=all&limit=20'],
  ['legal-holds lgh_1', 'GET /management/legal-holds/lgh_1'],
  ['project hold --reason why', 'POST /management/legal-holds', { project: true, reason: 'why' }],
  ['project release', 'DELETE /management/legal-holds/lgh_1'],
  [
    'exec hold exe_1 --note why --incident INC-42',
    'POST /management/legal-holds',
    { execution: 'exe_1', reason: 'why', incident: 'INC-42' },
  ],
  ['exec release exe_1', 'GET /management/legal-holds?execution=exe_1&limit=100'],
  ['agents curve-rotate agt_1 --reason leak', 'POST /management/agents/agt_1/curve-rotate?wait=60', { reason: 'leak' }],
  ['agents curve-rotate a --wait 0', 'POST /management/agents/a/curve-rotate?wait=0', {}],
  ['agents curve-rotate --all --dry-run', 'GET /management/agents?limit=100'],
  [
    'agents rotate-signing-key agt_1 --reason leak',
    'POST /management/agents/agt_1/rotate-signing-key?wait=60',
    { reason: 'leak' },
  ],
  ['agents rotate-signing-key --all --dry-run', 'GET /management/agents?limit=100'],
  ['agents grant-keys', 'GET /management/grant-keys'],
  ['agents rotate-grant-key --reason leak', 'POST /management/grant-keys/rotate', { reason: 'leak' }],
  ['agents rotations agt_1 --limit 3', 'GET /management/agents/agt_1/rotations?limit=3'],
  ['agents candidates', 'GET /management/candidates?limit=20'],
  ['agents candidates list --status all', 'GET /management/candidates?status=all&limit=20'],
  ['agents candidates show cand_1', 'GET /management/candidates/cand_1'],
  ['agents candidates approve cand_1 --note known', 'POST /management/candidates/cand_1/approve', { note: 'known' }],
  ['agents candidates reject cand_1', 'POST /management/candidates/cand_1/reject', {}],
]
