// A call that was approved may wait: for an agent, or for its window. What refuses calls may have
// begun meanwhile.

import { selectNamedApproval } from '../../store/approvals.ts'
import type { Database, Tx } from '../../store/database.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { Policies } from '../policy/book.ts'
import { isClosed, refusalOf } from '../policy/evaluate.ts'
import { bindFacts } from '../policy/expression.ts'

/**
 * Asked at the decision and again at the dispatch. What an owner ran alone is not held up.
 * @param at milliseconds since 1970
 * @returns why the policy refuses it at this time, in words for who asked
 */
export async function refusedNow(
  { policies }: Policies,
  db: Database | Tx,
  call: ExecutionRow,
  at: number,
): Promise<string | undefined> {
  const { compiled, project } = policies.of(call.project_id, call.workspace_id)
  const closed = compiled.spans.filter(
    ({ closed, times, freeze }) => closed === 'refuse' && times.includes(at) === freeze,
  )
  if (closed.length === 0 || call.approval_id === null) return undefined
  const approval = await selectNamedApproval(db, call.project_id, call.approval_id)
  if (approval?.asked == null || approval.review_due_at !== null) return undefined
  const { tool, workspace_name: workspace, args, asked } = approval
  const risk = approval.tool_risk ?? approval.risk
  const bound = bindFacts({ project, workspace, tool, risk, args, at, ...asked.facts })
  const span = closed.find((one) => isClosed(one, { risk, at }, (when) => when.evaluate(bound)))
  return span === undefined ? undefined : refusalOf(span, at)
}
