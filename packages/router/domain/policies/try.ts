// A call in, the decision out, with each rule and why.
import type { PolicyDecision, policyTestSchema } from '@xerotier/protocol/api/policies.ts'
import type { RequesterFacts, StoredFacts } from '@xerotier/protocol/asked.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import type { PolicyRule } from '@xerotier/protocol/policy.ts'
import type { z } from 'zod'
import type { Database } from '../../store/database.ts'
import { selectServiceKeys } from '../../store/votes.ts'
import type { Member } from '../actor.ts'
import { type CallAtHand, evaluateOn, factsOf } from '../approvals/evaluate-call.ts'
import { findWorkspace } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { emailKey } from '../people/email.ts'
import type { People } from '../people/people.ts'
import { readPeople } from '../people/read.ts'
import type { ActivePolicy, Policies } from '../policy/book.ts'
import { isClosed } from '../policy/evaluate.ts'
import { type BoundFacts, bindFacts, type Expression } from '../policy/expression.ts'
import { listed, placeText, setText } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { toolFor } from '../tools/tool-for.ts'
import { subjectOf } from './subject.ts'

/**
 * @throws Fault policy_not_found, policy_invalid, workspace_not_found, exec_tool_not_found
 * @throws Fault invalid_request for a requester that is not known, or a tool that nobody offers
 */
export async function testPolicy(
  core: Pick<Records, 'store' | 'clock'> & FleetView & Directory & Policies,
  actor: Member,
  body: z.output<typeof policyTestSchema>,
): Promise<PolicyDecision> {
  const workspace = await findWorkspace(core, actor.projectId, body.workspace)
  const given = await subjectOf(core, actor, body)
  const policy = given?.policy ?? core.policies.of(actor.projectId, workspace.id)
  const offered = toolFor(core, actor.projectId, workspace, body.tool)?.tool
  const risk = body.risk ?? offered?.risk
  if (risk === undefined)
    throw new Fault('invalid_request', {
      param: 'risk',
      message: `risk: no online agent offers ${body.tool} there, so it must be said`,
    })
  const tool = { name: body.tool, risk, bundle: offered?.bundle ?? '', domain: offered?.domain ?? '' }
  const at = body.at === undefined ? core.clock.now() : Date.parse(body.at)
  const call: CallAtHand = { workspace, tool, args: body.args, at }
  const facts = await factsOf(core, actor, call)
  if (body.requester !== undefined)
    facts.requester = await requesterOf(core.store.db, actor.projectId, body.requester, at)
  return explain(core, policy, call, facts)
}

function explain(
  core: Pick<Records, 'clock'>,
  policy: ActivePolicy,
  call: CallAtHand,
  facts: StoredFacts,
): PolicyDecision {
  const evaluation = evaluateOn(core, policy, call, facts)
  const { compiled, project } = policy
  const { tool, at, args } = call
  const about = { project, workspace: call.workspace.name, tool: tool.name, risk: tool.risk, args, at }
  const bound = bindFacts({ ...about, ...facts })
  const { asked } = evaluation
  return {
    object: 'approval_policy_decision',
    policy: policy.name,
    version: policy.version,
    decision: evaluation.decision,
    tool_risk: tool.risk,
    risk: evaluation.risk,
    reasons: evaluation.refusals,
    rules: compiled.rules.map(({ rule, when }) => ({
      name: rule.name,
      when: rule.when,
      ...reasonOf(rule, when, bound),
    })),
    windows: compiled.spans.map((span) => ({
      name: span.name,
      kind: span.freeze ? 'freeze' : 'window',
      closed: isClosed(span, { risk: tool.risk, at }, (expression) => expression.evaluate(bound)),
    })),
    stages: (asked?.stages ?? []).map(({ name, places, seconds, tell }) => ({
      name,
      needs: listed(places.map(placeText)),
      seconds,
      tell: tell.map(setText),
    })),
    on_timeout: asked?.onTimeout ?? null,
    require_reason: asked?.requireReason ?? false,
    require_passkey: asked?.requirePasskey ?? false,
    self_approval: asked?.selfApproval ?? null,
  }
}

function reasonOf(rule: PolicyRule, when: Expression, bound: BoundFacts): { matched: boolean; why: string } {
  const verdict = when.evaluate(bound)
  if ('error' in verdict) return { matched: true, why: `it counts as matched, and as the strictest: ${verdict.error}` }
  if (verdict.matched) return { matched: true, why: thenText(rule) }
  const wrong = when.conjuncts.find((part) => {
    const said = part.evaluate(bound)
    return !('error' in said) && !said.matched
  })
  return { matched: false, why: `not true: ${wrong?.text() ?? rule.when}` }
}

function thenText({ then }: PolicyRule): string {
  const { risk, approvers, quorum, require_reason, require_passkey, refuse } = then
  const asks = approvers === undefined ? undefined : `asks ${quorum ?? 1} of ${setText(approvers)}`
  const parts = [
    refuse && `refuses: ${refuse}`,
    risk && `treats it as ${risk}`,
    asks ?? (quorum === undefined ? undefined : `asks ${quorum} of those who are asked anyway`),
    require_reason === true && 'wants a reason',
    require_passkey === true && 'wants a passkey',
  ]
  return parts.filter((part) => typeof part === 'string').join('; ')
}

async function requesterOf(db: Database, projectId: string, reference: string, at: number): Promise<RequesterFacts> {
  const people = await readPeople(db, projectId, new Date(at))
  const person = [...people.users].find(
    ([id, { email }]) => id === reference || emailKey(email) === emailKey(reference),
  )
  if (person !== undefined) return personFacts(people, person[0])
  const [key] = await selectServiceKeys(db, projectId, new Date(at), [reference])
  if (key === undefined)
    throw new Fault('invalid_request', {
      param: 'requester',
      message: `requester: there is no member and no service key ${JSON.stringify(reference)}`,
    })
  return { id: key.id, name: key.name, kind: 'key', email: '', groups: [], roles: [] }
}

export function personFacts(people: People, id: string): RequesterFacts {
  const someone = people.users.get(id)
  return {
    id,
    name: someone?.name ?? '',
    kind: 'person',
    email: someone?.email ?? '',
    groups: [...people.groups].flatMap(([group, members]) => (members.has(id) ? [group] : [])),
    roles: someone === undefined ? [] : [someone.role],
  }
}
