// What events tell of: the record that each is about, as its public form is now.
import type { Risk } from '@xerotier/protocol/risk.ts'
import { selectAgentsById } from '../../store/agents.ts'
import { selectNamedApprovals } from '../../store/approvals.ts'
import type { Tx } from '../../store/database.ts'
import { selectNamedExecutions } from '../../store/executions.ts'
import { selectJoinKeysById } from '../../store/join-keys.ts'
import { selectActorNames } from '../../store/names.ts'
import { selectAgentPauses } from '../../store/pauses.ts'
import { presentAgent, summaryOf } from '../agents/present.ts'
import { presentNamed as presentApprovals } from '../approvals/list.ts'
import type { LoggedEvent } from '../events/event-log.ts'
import { presentStreamed } from '../events/present.ts'
import { presentNamed as presentExecution } from '../executions/list.ts'
import type { FleetView } from '../fleet/fleet.ts'
import { presentJoinKey } from '../join-keys/present.ts'
import type { Records } from '../records.ts'

export interface ToldRecord {
  /** Undefined for what is of no call. */
  risk?: Risk
  /** What it carries is encrypted in the record, and so must be what is told of it. */
  isSealed?: boolean
  /** The record, and `event`: what happened, when, and who did it. */
  data: Record<string, unknown>
}

type Presenting = Pick<Records, 'clock'> & FleetView

/** By the id of the event; what is gone meanwhile is left out. */
export async function recordsOf(
  core: Presenting,
  tx: Tx,
  events: readonly LoggedEvent[],
): Promise<Map<string, ToldRecord>> {
  const idsOf = (family: string, idOf: (event: LoggedEvent) => unknown) => [
    ...new Set(
      events
        .filter(({ kind }) => kind.startsWith(family))
        .map(idOf)
        .filter((id) => typeof id === 'string'),
    ),
  ]
  const executionIds = idsOf('execution.', ({ execution_id }) => execution_id)
  const approvalIds = idsOf('approval.', ({ approval_id }) => approval_id)
  const agentIds = idsOf('agent.', ({ agent_id }) => agent_id)
  const joinKeyIds = idsOf('join_key.', ({ data }) => data.join_key_id)
  const now = core.clock.now()
  const records = new Map<string, Omit<ToldRecord, 'data'> & { form: object }>()
  // One connection: they come one after the other whatever is done.
  if (executionIds.length > 0) {
    for (const row of await selectNamedExecutions(tx, executionIds))
      records.set(row.id, { risk: row.risk, isSealed: row.sealed_with !== null, form: presentExecution(row) })
  }
  if (approvalIds.length > 0) {
    const rows = await selectNamedApprovals(tx, approvalIds)
    const sealed = new Set(rows.flatMap(({ id, sealed_with }) => (sealed_with === null ? [] : [id])))
    for (const form of await presentApprovals(core, tx, rows))
      records.set(form.id, { risk: form.risk, isSealed: sealed.has(form.id), form })
  }
  if (agentIds.length > 0) {
    const pauses = await selectAgentPauses(tx, agentIds)
    for (const row of await selectAgentsById(tx, agentIds))
      records.set(row.id, { form: presentAgent(core, summaryOf(row), pauses) })
  }
  if (joinKeyIds.length > 0) {
    for (const row of await selectJoinKeysById(tx, joinKeyIds)) records.set(row.id, { form: presentJoinKey(row, now) })
  }
  const names = await namesOf(tx, events)
  const told = new Map<string, ToldRecord>()
  for (const event of events) {
    const record = records.get(aboutOf(event) ?? '')
    if (record === undefined) continue
    const { form, ...of } = record
    const happened = { ...presentStreamed(event, names.get(event.project_id) ?? new Map()), data: event.data }
    told.set(event.id, { ...of, data: { ...form, event: happened } })
  }
  return told
}

function aboutOf(event: LoggedEvent): string | null {
  switch (event.kind.split('.')[0]) {
    case 'execution':
      return event.execution_id
    case 'approval':
      return event.approval_id
    case 'agent':
      return event.agent_id
    default:
      return typeof event.data.join_key_id === 'string' ? event.data.join_key_id : null
  }
}

async function namesOf(tx: Tx, events: readonly LoggedEvent[]): Promise<Map<string, Map<string, string>>> {
  const names = new Map<string, Map<string, string>>()
  for (const [projectId, those = []] of Map.groupBy(events, ({ project_id }) => project_id)) {
    const actors = those.map(({ actor }) => actor)
    names.set(projectId, await selectActorNames(tx, projectId, actors))
  }
  return names
}
