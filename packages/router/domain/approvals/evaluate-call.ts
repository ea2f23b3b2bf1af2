// What the policy of a workspace says of a call that is at hand.
import type { StoredFacts } from '@xerotier/protocol/asked.ts'
import type { ToolDescriptor } from '@xerotier/protocol/manifest.ts'
import type { WorkspaceRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { readPeople } from '../people/read.ts'
import type { ActivePolicy } from '../policy/book.ts'
import { type Evaluation, evaluatePolicy } from '../policy/evaluate.ts'
import type { Records } from '../records.ts'

export interface CallAtHand {
  workspace: Pick<WorkspaceRow, 'id' | 'name' | 'type'>
  tool: Pick<ToolDescriptor, 'name' | 'risk' | 'bundle' | 'domain'>
  args: Record<string, unknown>
  /** Milliseconds since 1970. */
  at: number
}

/** A policy's answer to one call, with what it was given. */
export interface Answered {
  policy: ActivePolicy
  evaluation: Evaluation
  facts(): Promise<StoredFacts>
}

type Evaluating = Pick<Records, 'store' | 'clock'> & FleetView

/** At once where the policy looks at the risk alone: most calls wait for nothing. */
export function evaluateCall(
  core: Evaluating,
  actor: Member,
  policy: ActivePolicy,
  call: CallAtHand,
): Answered | Promise<Answered> {
  const facts = () => factsOf(core, actor, call)
  if (policy.byRisk !== undefined) return { policy, evaluation: policy.byRisk[call.tool.risk], facts }
  return evaluateWithFacts(core, policy, call, facts)
}

async function evaluateWithFacts(
  core: Evaluating,
  policy: ActivePolicy,
  call: CallAtHand,
  read: () => Promise<StoredFacts>,
): Promise<Answered> {
  const facts = await read()
  const evaluation = evaluateOn(core, policy, call, facts)
  return { policy, evaluation, facts: async () => facts }
}

export function evaluateOn(
  { clock }: Pick<Records, 'clock'>,
  policy: ActivePolicy,
  { workspace, tool, args, at }: CallAtHand,
  facts: StoredFacts,
): Evaluation {
  if (policy.byRisk !== undefined) return policy.byRisk[tool.risk]
  const about = { project: policy.project, workspace: workspace.name, tool: tool.name, risk: tool.risk, args, at }
  return evaluatePolicy(policy.compiled, { ...about, ...facts }, () => clock.monotonic())
}

/** What expressions know beside the record of the call. */
export async function factsOf(
  { store, fleet, clock }: Evaluating,
  actor: Member,
  { workspace, tool }: Pick<CallAtHand, 'workspace' | 'tool'>,
): Promise<StoredFacts> {
  const names = fleet
    .offering(actor.projectId, tool.name)
    .filter((agent) => agent.bindings.has(workspace.id))
    .map(({ name }) => name)
    .sort()
  const { id, name, kind } = actor
  const labels = { workspace_type: workspace.type, bundle: tool.bundle, domain: tool.domain }
  const requester = { id, name, kind, email: '', groups: [] as string[], roles: [] as string[] }
  if (actor.kind === 'person') {
    const people = await readPeople(store.db, actor.projectId, new Date(clock.now()))
    const role = people.users.get(id)?.role
    requester.email = actor.person.email
    requester.groups = [...people.groups].flatMap(([group, members]) => (members.has(id) ? [group] : []))
    requester.roles = role === undefined ? [] : [role]
  }
  return { requester, agent: { name: names.length === 1 ? (names[0] ?? '') : '', names }, labels }
}
