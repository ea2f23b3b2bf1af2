// What a policy would have said of past calls, beside what became of them. A draft is compared so
// for as long as it is there.
import { setImmediate } from 'node:timers/promises'
import type { PolicyBacktest } from '@xerotier/protocol/api/policies.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { type PastCallRow, selectPastCalls } from '../../store/executions.ts'
import { countRefused } from '../../store/policies.ts'
import type { Member } from '../actor.ts'
import { askedOf } from '../approvals/asked.ts'
import { type Electorate, isIn, readElectorate } from '../approvals/electorate.ts'
import { evaluateOn } from '../approvals/evaluate-call.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type ActivePolicy, defaultPolicy, type Policies } from '../policy/book.ts'
import type { Evaluation } from '../policy/evaluate.ts'
import { setText } from '../policy/places.ts'
import type { Records } from '../records.ts'
import { findPolicy } from './read.ts'
import { inWords } from './revalidate.ts'
import { type Subject, subjectOf } from './subject.ts'
import { personFacts } from './try.ts'

type Testing = Pick<Records, 'store' | 'clock'> & FleetView & Directory & Policies
const perPage = 500

/** @throws Fault policy_not_found, policy_invalid, workspace_not_found */
export async function backtestPolicy(
  core: Testing,
  actor: Member,
  body: Subject & { workspace?: string | undefined; since: string; until?: string | undefined },
): Promise<PolicyBacktest> {
  const { projectId } = actor
  const subject = await subjectOf(core, actor, body)
  const workspaceId =
    body.workspace === undefined
      ? subject?.workspaceId
      : (await findWorkspaceOfHistory(core, projectId, body.workspace)).id
  const policy = subject?.policy ?? core.policies.of(projectId, workspaceId ?? '')
  const until = new Date(body.until ?? core.clock.now())
  return replay(core, projectId, policy, { since: new Date(body.since), until, workspaceId })
}

/**
 * What the draft would have said since it is there.
 * @throws Fault policy_not_found when there is none
 */
export async function shadowPolicy(core: Testing, actor: Member, reference: string): Promise<PolicyBacktest> {
  const { draft_version, name } = await findPolicy(core.store.db, actor.projectId, reference)
  if (draft_version === null) throw new Fault('policy_not_found', { message: `The policy ${name} has no draft.` })
  const subject = await subjectOf(core, actor, { policy: reference, version: draft_version })
  const { policy, workspaceId, since } = subject ?? { policy: defaultPolicy, workspaceId: undefined, since: undefined }
  const until = new Date(core.clock.now())
  return replay(core, actor.projectId, policy, { since: since ?? until, until, workspaceId })
}

interface Range {
  since: Date
  until: Date
  workspaceId: string | undefined
}

/** Others have their turn after so long: the rules of a call may take some milliseconds. */
const msPerTurn = 10

async function replay(core: Testing, projectId: string, policy: ActivePolicy, range: Range): Promise<PolicyBacktest> {
  const { db } = core.store
  const electorate = await readElectorate(db, projectId, new Date(core.clock.now()), [], [])
  const result = blank(policy, range)
  const load = new Map<string, number>()
  let before: string | undefined
  let turnAt = core.clock.monotonic()
  while (result.calls < limits.backtestCalls) {
    const rows = await selectPastCalls(db, projectId, { ...range, before, limit: perPage + 1 })
    for (const row of rows.slice(0, perPage)) {
      if (core.clock.monotonic() - turnAt > msPerTurn) {
        await setImmediate()
        turnAt = core.clock.monotonic()
      }
      note(result, load, electorate, row, evaluateRow(core, projectId, policy, electorate, row))
    }
    before = rows[perPage - 1]?.id
    result.truncated = rows.length > perPage
    if (!result.truncated) break
  }
  result.before.refuse = await countRefused(db, projectId, range)
  result.load = [...load].map(([approver, asked]) => ({ approver, asked })).sort((a, b) => b.asked - a.asked)
  return result
}

function blank(policy: ActivePolicy, { since, until }: Range): PolicyBacktest {
  return {
    object: 'approval_policy_backtest',
    policy: policy.name,
    since: since.toISOString(),
    until: until.toISOString(),
    calls: 0,
    truncated: false,
    before: { allow: 0, ask: 0, refuse: 0 },
    after: { allow: 0, ask: 0, refuse: 0 },
    changes: [],
    rules: policy.compiled.rules.map(({ rule }) => ({ name: rule.name, matched: 0, failed: 0 })),
    load: [],
  }
}

function evaluateRow(
  core: Testing,
  projectId: string,
  policy: ActivePolicy,
  { people }: Electorate,
  row: PastCallRow,
): Evaluation {
  const offered = core.fleet.offering(projectId, row.tool)[0]?.tools.get(row.tool)
  const tool = { name: row.tool, risk: row.risk, bundle: offered?.bundle ?? '', domain: offered?.domain ?? '' }
  const workspace = { id: row.workspace_id, name: row.workspace_name, type: row.workspace_type }
  const known = row.asked?.facts
  const agent = row.agent_name === null ? { name: '', names: [] } : { name: row.agent_name, names: [row.agent_name] }
  const key = { id: row.requested_by, name: row.requested_by_name ?? '', kind: 'key', email: '', groups: [], roles: [] }
  // What was known then, where it is on record; else what is known now.
  const facts = known ?? {
    requester: people.users.has(row.requested_by) ? personFacts(people, row.requested_by) : key,
    agent,
    labels: { workspace_type: row.workspace_type, bundle: tool.bundle, domain: tool.domain },
  }
  return evaluateOn(core, policy, { workspace, tool, args: row.args, at: row.created_at.getTime() }, facts)
}

function note(
  result: PolicyBacktest,
  load: Map<string, number>,
  electorate: Electorate,
  row: PastCallRow,
  after: Evaluation,
): void {
  const before = row.approval_id === null ? 'allow' : 'ask'
  result.calls += 1
  result.before[before] += 1
  result.after[after.decision] += 1
  for (const { name, error } of after.rules) {
    const rule = result.rules.find((one) => one.name === name)
    if (rule === undefined) continue
    rule.matched += 1
    if (error !== undefined) rule.failed += 1
  }
  for (const approver of askedFirst(electorate, row, after)) load.set(approver, (load.get(approver) ?? 0) + 1)
  const was = inWords({ decision: before, ...askedThen(row) })
  const is = inWords(after)
  if (was === is || result.changes.length >= limits.backtestChanges) return
  result.changes.push({
    execution_id: row.id,
    at: row.created_at.toISOString(),
    workspace: row.workspace_name,
    tool: row.tool,
    before: was,
    after: is,
    rules: after.rules.map(({ name }) => name),
  })
}

function askedThen({ asked, stage, requested_at, expires_at, stage_ends_at }: PastCallRow) {
  if (requested_at === null || expires_at === null) return {}
  return { asked: askedOf({ asked, stage: stage ?? 0, requested_at, expires_at, stage_ends_at }) }
}

/** The people whom the first stage asks, each once; what is no list of people, in words. */
function askedFirst(electorate: Electorate, row: PastCallRow, { asked, risk }: Evaluation): Set<string> {
  const matter = { workspaceId: row.workspace_id, risk }
  const found = new Set<string>()
  for (const { all } of asked?.stages[0]?.places ?? []) {
    const named = all.filter((set) => set !== 'anyone')
    if (named.length === 0) found.add(setText('anyone'))
    for (const [id, { email }] of electorate.people.users)
      if (named.length > 0 && all.every((set) => isIn(electorate, id, set, matter))) found.add(email)
    for (const set of named) for (const key of set.service_keys ?? []) found.add(`service key ${key}`)
  }
  return found
}
