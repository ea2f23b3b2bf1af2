// What lists are asked for over the rows of many-rows.ts: every filter, every two of them, and all.
import type { ApprovalFilter } from '@xerotier/router/store/approvals.ts'
import type { ExecutionFilter } from '@xerotier/router/store/executions.ts'
import { manyRows } from './many-rows.ts'

export type AnyFilter = Omit<Partial<ExecutionFilter & ApprovalFilter>, 'states'> & { states?: string[] }

/** Common, uncommon, rare, and what never was. */
const values = (now: Date): Record<string, readonly unknown[]> => ({
  tool: [manyRows.commonTool, manyRows.elsewhereTool, 'tool_5', manyRows.rareTool, manyRows.neverTool],
  workspaceId: [manyRows.commonWorkspace, manyRows.rareWorkspace, manyRows.neverWorkspace],
  agentId: [manyRows.commonAgent, `agt_${'17'.padStart(24, '0')}`, manyRows.idleAgent],
  risks: [['read'], ['irreversible'], ['write', 'destructive']],
  since: [new Date(now.getTime() - 3_600_000)],
  until: [new Date(now.getTime() - 86_400_000)],
})

const statesOf = {
  executions: [['completed'], ['failed'], ['running'], ['ambiguous'], ['completed', 'failed', 'queued']],
  approvals: [['pending'], ['approved'], ['expired'], ['voided'], ['rejected', 'expired']],
}

export function listFilters(table: keyof typeof statesOf, now: Date): AnyFilter[] {
  const states = statesOf[table]
  const people = [manyRows.key, manyRows.rareKey, manyRows.neverKey].map((id) => [id])
  const ofApprovals = { approvers: people, reviewDue: [true] }
  const own: ReturnType<typeof values> = { requesters: people, ...(table === 'approvals' ? ofApprovals : {}) }
  const choices = Object.entries({ states, ...values(now), ...own }).flatMap(([name, some]) =>
    some.map((value) => [name, value] as const),
  )
  const pairs = choices.flatMap((one, index) =>
    choices.slice(index).flatMap((other) => (one === other || one[0] !== other[0] ? [[one, other]] : [])),
  )
  const { commonTool: tool, commonWorkspace: workspaceId, commonAgent: agentId } = manyRows
  return [
    {},
    ...pairs.map((pair): AnyFilter => Object.fromEntries(pair)),
    ...states.map((some): AnyFilter => ({ tool, workspaceId, agentId, risks: ['read'], states: some })),
  ]
}
