import { manifestOf } from '@xerotier/devkit/bare-agent.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import { type OnlineAgent, turns } from './online-agent.ts'

/** An agent of the project `p` that holds its lease for ever, is idle and serves nobody. */
export function onlineAgent(
  name: string,
  tools: readonly ToolDescriptor[],
  changes: Partial<OnlineAgent> = {},
): OnlineAgent {
  const agent: OnlineAgent = {
    id: `agt_${name}`,
    name,
    projectId: 'p',
    leaseEpoch: 1,
    journalId: 'journal',
    maxConcurrent: 2,
    features: new Set(),
    curveKey: `curve-${name}`,
    signingKey: `signing-${name}`,
    manifest: manifestOf([...tools]),
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    knownRisks: {},
    bindings: new Map(),
    paused: new Set(),
    draining: false,
    inFlight: new Set(),
    reported: new Set(),
    reportedAt: 0,
    leaseUntil: Number.POSITIVE_INFINITY,
    restsUntil: 0,
    lastHeartbeatAt: 0,
    leaseRecordedAt: 0,
    inTurn: turns(() => agent),
    send() {},
    drop() {},
    ...changes,
  }
  return agent
}

/** `bindings` of an agent that serves these workspaces. */
export function serving(...workspaceIds: string[]): OnlineAgent['bindings'] {
  return new Map(
    workspaceIds.map((id) => [id, { workspace_id: id, workspace: id, type: 'generic', credentials_ref: null }]),
  )
}
