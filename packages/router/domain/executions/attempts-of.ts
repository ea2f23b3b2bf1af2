// The attempts of a call, as its events tell them: each time that an agent was given it.
import type { ExecutionDetail } from '@xerotier/protocol/api/executions.ts'
import { type ExecutionState, isSettled } from '@xerotier/protocol/lifecycles/execution.ts'
import type { Database } from '../../store/database.ts'
import { selectAgentVersions, type selectTransitions } from '../../store/events.ts'
import { selectActorNames } from '../../store/names.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import { stateOf } from './state-of.ts'

type Event = Awaited<ReturnType<typeof selectTransitions>>[number]
type Attempt = ExecutionDetail['attempts'][number]

/**
 * An agent that starts and ends a call in one message says no more than the end: when that attempt
 * began and ended stands on the record.
 * @param events of one call, oldest first
 */
export async function attemptsOf(
  db: Database,
  row: Pick<ExecutionRow, 'project_id' | 'attempt' | 'started_at' | 'finished_at'>,
  events: readonly Event[],
): Promise<Attempt[]> {
  const given = events.filter((event) => stateOf(event.kind) === 'dispatched')
  if (given.length === 0) return []
  const agentIds = given.flatMap(({ agent_id }) => agent_id ?? [])
  const [names, versions] = await Promise.all([
    selectActorNames(db, row.project_id, agentIds),
    selectAgentVersions(
      db,
      given.map(({ agent_id, xid, seq }) => ({ agent_id, xid, seq })),
    ),
  ])
  return given.map((event, at) => {
    const until = given[at + 1]
    const own = events.slice(events.indexOf(event) + 1, until === undefined ? undefined : events.indexOf(until))
    const ends = own.flatMap((one) => endOf(one) ?? [])
    const attempt = typeof event.data.attempt === 'number' ? event.data.attempt : at + 1
    const { started_at, finished_at } = attempt === row.attempt ? row : { started_at: null, finished_at: null }
    const sentAt = own.find(({ data }) => typeof data.sent_at === 'string')?.data.sent_at
    const running = own.find(({ kind }) => stateOf(kind) === 'running')
    return {
      attempt,
      agent_id: event.agent_id,
      agent: event.agent_id === null ? null : (names.get(event.agent_id) ?? null),
      agent_version: versions[at] ?? null,
      dispatched_at: event.at.toISOString(),
      sent_at: typeof sentAt === 'string' ? new Date(sentAt).toISOString() : null,
      started_at: (started_at ?? running?.at)?.toISOString() ?? null,
      ended_at: (finished_at ?? ends[0]?.at)?.toISOString() ?? null,
      // Of a call in doubt, what became of it in the end.
      outcome: ends.at(-1)?.state ?? null,
    }
  })
}

function endOf({ kind, at }: Event): { state: ExecutionState; at: Date } | undefined {
  const state = stateOf(kind)
  if (state === undefined || (state !== 'queued' && !isSettled(state))) return undefined
  return { state, at }
}
