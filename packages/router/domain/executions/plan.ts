// What would become of a call: every check of a submit, and nothing stored.
import type { Invocation } from '@xerotier/protocol/api/executions.ts'
import type { Hindrance, Plan } from '@xerotier/protocol/api/plans.ts'
import { runsAtMostOnce } from '@xerotier/protocol/risk.ts'
import { cameBy, type Member } from '../actor.ts'
import { evaluateCall } from '../approvals/evaluate-call.ts'
import { mayDecide } from '../approvals/requester.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import { requireWorkspace } from '../directory/may-call.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type OnlineAgent, runsAsSubmitted, type SubmittedCall } from '../fleet/online-agent.ts'
import type { Identity } from '../identity.ts'
import { newUuid } from '../ids.ts'
import type { Policies } from '../policy/book.ts'
import { listed, placeText } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { completeArguments } from '../tools/arguments.ts'
import { sealSecrets } from '../tools/call-secrets.ts'
import { inTurn } from '../tools/check-turns.ts'
import { toolFor } from '../tools/tool-for.ts'
import { unserved } from '../tools/unserved.ts'

/**
 * @throws Fault workspace_not_found, workspace_not_allowed, exec_tool_not_found, invalid_arguments
 * @throws Fault tool_executor_unavailable
 */
export async function planCall(
  core: Pick<Records, 'store' | 'clock'> & FleetView & Directory & Policies & { identity: Identity },
  actor: Member,
  invocation: Invocation,
): Promise<Plan> {
  const { projectId } = actor
  const workspace = await findWorkspace(core, projectId, invocation.workspace)
  requireWorkspace(actor, workspace.id)
  const offered = toolFor(core, projectId, workspace, invocation.tool)
  if (offered === undefined) throw await unserved(core, projectId, workspace, invocation.tool)
  const { tool, credentialsRef } = offered
  const complete = await inTurn(() => completeArguments(tool, invocation.args))
  // As the record would hold them: without the secrets.
  const id = newUuid(core.clock.now())
  const { args } = await inTurn(() => sealSecrets(core.identity, id, tool.input_schema, complete))
  const at_most_once = runsAtMostOnce(tool.risk, tool.idempotent)
  const call: SubmittedCall = {
    workspace_id: workspace.id,
    tool: tool.name,
    schema_digest: tool.schema_digest,
    risk: tool.risk,
    at_most_once,
    credentials_ref: credentialsRef,
  }
  const policy = core.policies.of(projectId, workspace.id)
  const { evaluation } = await evaluateCall(core, actor, policy, { workspace, tool, args, at: core.clock.now() })
  const { asked } = evaluation
  return {
    object: 'plan',
    workspace_id: workspace.id,
    workspace: workspace.name,
    tool: tool.name,
    risk: tool.risk,
    args,
    input_schema: tool.input_schema,
    schema_digest: tool.schema_digest,
    timeout_ms: Math.min(invocation.timeout_ms ?? tool.timeout_ms, tool.timeout_ms),
    at_most_once,
    decision: evaluation.decision === 'allow' ? 'run' : evaluation.decision,
    policy: policy.name,
    policy_version: policy.number,
    rules: evaluation.rules.map(({ name }) => name),
    refusals: evaluation.refusals,
    approval:
      asked === undefined
        ? null
        : {
            risk: evaluation.risk,
            timeout_seconds: asked.stages.reduce((sum, { seconds }) => sum + seconds, 0),
            scope: 'execution',
            requester_may_decide: await mayDecide(
              core.store.db,
              actor,
              { requested_by: actor.id, requested_key: cameBy(actor).key },
              asked.selfApproval,
            ),
            needs: listed((asked.stages[0]?.places ?? []).map(placeText)),
          },
    agents: core.fleet
      .offering(projectId, tool.name)
      .filter((agent) => agent.bindings.has(workspace.id))
      .map((agent) => ({
        agent_id: agent.id,
        agent: agent.name,
        in_flight: agent.inFlight.size,
        max_concurrent: agent.maxConcurrent,
        hindrance: hindranceOf(core, agent, { ...call, project_id: projectId }),
      }))
      .sort((a, b) => Number(a.hindrance !== null) - Number(b.hindrance !== null) || (a.agent < b.agent ? -1 : 1)),
  }
}

function hindranceOf(
  { fleet, clock }: FleetView & Pick<Records, 'clock'>,
  agent: OnlineAgent,
  call: SubmittedCall & { project_id: string },
): Hindrance | null {
  if (!runsAsSubmitted(agent, call)) return 'other_version'
  if (fleet.isPaused(agent, call)) return 'paused'
  if (agent.draining) return 'draining'
  if (agent.inFlight.size >= agent.maxConcurrent) return 'full'
  return agent.restsUntil > clock.monotonic() ? 'resting' : null
}
