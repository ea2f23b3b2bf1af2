import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { approvalStates } from '@xerotier/protocol/lifecycles/approval.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { type NamedApprovalRow, selectApprovals } from '../../store/approvals.ts'
import type { Database, Tx } from '../../store/database.ts'
import { selectRecommendations } from '../../store/recommendations.ts'
import { selectVotes, type VoteRow } from '../../store/votes.ts'
import type { Member } from '../actor.ts'
import { findAgentId } from '../directory/find-agent.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type Page, toPage, uuidCursor, wordsOf } from '../page.ts'
import { findActors } from '../people/find-actors.ts'
import type { Records } from '../records.ts'
import { askedOf, stageOf } from './asked.ts'
import { type Electorate, readElectorate } from './electorate.ts'
import { hostsOf } from './hosts.ts'
import { allNeeded, namesSomebody, stillNeeded } from './needed.ts'
import { asOf, presentApproval } from './present.ts'

export interface ApprovalQuery {
  limit: number
  after?: string | undefined
  status?: string | undefined
  tool?: string | undefined
  agent?: string | undefined
  workspace?: string | undefined
  risk?: string | undefined
  since?: string | undefined
  until?: string | undefined
  requester?: string | undefined
  approver?: string | undefined
  review?: 'due' | undefined
}

/**
 * The open ones unless asked otherwise, newest first.
 * @throws Fault invalid_request, workspace_not_found, agent_not_found
 */
export async function listApprovals(
  core: Records & Directory & FleetView,
  actor: Member,
  query: ApprovalQuery,
): Promise<Page<Approval>> {
  const { projectId } = actor
  const { db } = core.store
  const now = core.clock.now()
  const status = query.status ?? 'pending'
  const rows = await selectApprovals(db, projectId, {
    limit: query.limit,
    after: uuidCursor(query.after),
    states: status === 'all' ? undefined : wordsOf(status, 'status', approvalStates),
    risks: wordsOf(query.risk, 'risk', risks),
    tool: query.tool,
    agentId: query.agent === undefined ? undefined : await findAgentId(db, projectId, query.agent),
    workspaceId:
      query.workspace === undefined ? undefined : (await findWorkspaceOfHistory(core, projectId, query.workspace)).id,
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
    requesters:
      query.requester === undefined ? undefined : await findActors(db, projectId, 'requester', query.requester),
    approvers: query.approver === undefined ? undefined : await findActors(db, projectId, 'approver', query.approver),
    reviewDue: query.review === 'due',
    now: new Date(now),
  })
  const presented = await presentNamed(core, db, rows)
  return toPage(
    presented,
    query.limit,
    (approval) => approval,
    (approval) => approval.id,
  )
}

/** In their order. */
export async function presentNamed(
  core: FleetView & Pick<Records, 'clock'>,
  db: Database | Tx,
  rows: readonly NamedApprovalRow[],
): Promise<Approval[]> {
  if (rows.length === 0) return []
  const now = core.clock.now()
  const ids = rows.map(({ id }) => id)
  const votes = Map.groupBy(await selectVotes(db, ids), ({ approval_id }) => approval_id)
  const recommendations = Map.groupBy(await selectRecommendations(db, ids), ({ approval_id }) => approval_id)
  const electorates = await electoratesOf(db, rows, votes, new Date(now))
  return rows.map((row) => {
    const own = votes.get(row.id) ?? []
    const electorate = electorates.get(row.project_id)
    return presentApproval(asOf(row, now), {
      agents: hostsOf(core, row),
      workspace: row.workspace_name,
      requestedBy: row.requested_by_name,
      decidedBy: row.decided_by_name,
      reviewedBy: row.reviewed_by_name,
      votes: own,
      recommendations: recommendations.get(row.id) ?? [],
      needed: electorate === undefined ? allNeeded(row) : stillNeeded(electorate, row, own),
    })
  })
}

/** By project, of those that somebody has voted on, or in which somebody is named. */
async function electoratesOf(
  db: Database | Tx,
  rows: readonly NamedApprovalRow[],
  votes: ReadonlyMap<string, readonly VoteRow[]>,
  now: Date,
): Promise<Map<string, Electorate>> {
  const begun = rows.filter((row) => row.state === 'pending' && (votes.has(row.id) || namesSomebody(row)))
  const found = new Map<string, Electorate>()
  for (const [projectId, own] of Map.groupBy(begun, ({ project_id }) => project_id)) {
    const voters = own.flatMap(({ id }) => votes.get(id) ?? []).map(({ voter }) => voter)
    const stages = own.map((row) => stageOf(askedOf(row), row.stage))
    found.set(projectId, await readElectorate(db, projectId, now, voters, stages))
  }
  return found
}
