import type { ApprovalRow } from '../../store/tables.ts'
import type { Matter } from '../people/people.ts'

/** What is decided on, as far as delegations speak of it. */
export function matterOf({ workspace_id, risk }: Pick<ApprovalRow, 'workspace_id' | 'risk'>): Matter {
  return { workspaceId: workspace_id, risk }
}
