import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { approvalStates } from '@xerotier/protocol/lifecycles/approval.ts'
import { risks } from '@xerotier/protocol/risk.ts'
import { type NamedApprovalRow, selectApprovals } from '../../store/approvals.ts'
import type { Member } from '../actor.ts'
import { findAgentId } from '../directory/find-agent.ts'
import { findWorkspaceOfHistory } from '../directory/find-workspace.ts'
import type { Directory } from '../directory/workspaces.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { type Page, toPage, uuidCursor, wordsOf } from '../page.ts'
import type { Records } from '../records.ts'
import { hostsOf } from './hosts.ts'
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
    now: new Date(now),
  })
  return toPage(
    rows,
    query.limit,
    (row) => presentNamed(core, row),
    (approval) => approval.id,
  )
}

export function presentNamed(core: FleetView & Pick<Records, 'clock'>, row: NamedApprovalRow): Approval {
  return presentApproval(asOf(row, core.clock.now()), {
    agents: hostsOf(core, row),
    workspace: row.workspace_name,
    requestedBy: row.requested_by_name,
    decidedBy: row.decided_by_name,
  })
}
