// Hands one call to one agent.

import { Fault } from '@xerotier/protocol/errors.ts'
import type { DispatchFrame } from '@xerotier/protocol/frames/call/dispatch.ts'
import type { Grant } from '@xerotier/protocol/grant.ts'
import { needsGrant } from '@xerotier/protocol/risk.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { GrantKeys } from '../grant-keys/grant-keys.ts'
import type { Identity } from '../identity.ts'
import type { Records } from '../records.ts'
import { callDigest } from '../tools/call-digest.ts'
import { openSecrets } from '../tools/call-secrets.ts'

/** For how long after the signature an agent may start a granted call, ms. */
const grantMs = 60_000

/**
 * Sends the call to the agent, with a grant where its risk needs one. The digest is compared once
 * more (law L3).
 * @param row committed as dispatched to this agent
 * @throws Fault approval_voided when the row is not what its digest says
 * @throws Fault tool_executor_unavailable when the agent was unbound
 */
export function sendDispatch(
  core: Pick<Records, 'clock'> & { identity: Identity; grantKeys: Pick<GrantKeys, 'sign'> },
  agent: OnlineAgent,
  row: ExecutionRow,
): void {
  const binding = agent.bindings.get(row.workspace_id)
  if (binding === undefined)
    throw new Fault('tool_executor_unavailable', { message: 'The agent does not serve the workspace any more.' })
  if (callDigest(row) !== row.digest) throw new Fault('approval_voided')
  const frame: DispatchFrame = {
    t: 'dispatch',
    execution_id: row.id,
    attempt: row.attempt,
    lease_epoch: row.lease_epoch,
    project_id: row.project_id,
    workspace: binding,
    tool: row.tool,
    schema_digest: row.schema_digest,
    risk: row.risk,
    policy_version: row.policy_version,
    at_most_once: row.at_most_once,
    args: row.args,
    credentials_ref: row.credentials_ref,
    secrets: openSecrets(core.identity, row),
    digest: row.digest,
    timeout_ms: row.timeout_ms,
    grant: needsGrant(row.risk) ? signGrant(core, row) : null,
    request_id: row.request_id,
    traceparent: row.traceparent,
  }
  agent.send(frame)
}

function signGrant(
  { clock, grantKeys }: Pick<Records, 'clock'> & { grantKeys: Pick<GrantKeys, 'sign'> },
  { approval_id, digest }: ExecutionRow,
): Grant {
  return grantKeys.sign({ approval_id, digest, expires_at: clock.now() + grantMs })
}
