import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'

/**
 * What an agent's clock says, by ours as far as the difference is known. The clock may be wrong:
 * nothing at an agent is earlier than the dispatch of its call, or later than now.
 */
export function agentTime(
  { clockOffsetMs }: Pick<OnlineAgent, 'clockOffsetMs'>,
  ms: number,
  { row, now }: { row: Pick<ExecutionRow, 'created_at' | 'dispatched_at'> | undefined; now: number },
): Date {
  const began = Math.max(row?.created_at.getTime() ?? 0, row?.dispatched_at?.getTime() ?? 0)
  return new Date(Math.max(began, Math.min(ms - (clockOffsetMs ?? 0), now)))
}
