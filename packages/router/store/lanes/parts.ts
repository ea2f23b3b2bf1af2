// The steps of a call that are committed in groups. Each part is one CTE over parallel arrays and
// its events; statement.ts puts the parts of a batch into one statement. Its columns are those of
// tables.ts, and its item, its arrays and its SQL derive from the same groups of them.
import { inFlightExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { type Column, type Columns, keysOf, type WrittenTo } from '../column.ts'
import { submitted, tables } from '../tables.ts'
import type { ColumnType } from './binary.ts'

const inFlight = inFlightExecutionStates.map((one) => `'${one}'`).join(', ')

const { id, agent_id, attempt, lease_epoch, journal_id, state, started_at, dispatched_at } = tables.executions
const { exit_code, signal, error, result, finished_at } = tables.executions
const { stdout_bytes, stderr_bytes, truncated } = tables.executions
const { execution_id, ...piece } = tables.execution_output
const chunk = tables.artifact_chunks
/** When it happened, for its event. */
const { at } = tables.events

/**
 * When its dispatch left, which is after the commit that gave it to the agent. For the event alone;
 * null where another router sent it, or an event before says it.
 */
const sent_at = dispatched_at

/** Where a call is given to. */
const place = { agent_id, attempt, lease_epoch, journal_id }
/** The attempt that an agent speaks of: only the agent to which it was given counts. */
const fence = { id, agent_id, attempt, lease_epoch }
/** What an agent says when the call has ended. */
const answer = {
  ...{ state, exit_code, signal, error, result },
  ...{ stdout_bytes, stderr_bytes, truncated },
  ...{ started_at, finished_at },
}

const columns = {
  submit: submitted,
  claim: { id, ...place, at },
  accept: { ...fence, started_at, sent_at, at },
  settle: { ...fence, ...answer, sent_at, at },
  output: { id: execution_id, ...piece },
  /** `id` is the execution's, as in all parts. */
  artifact: { id: execution_id, ...chunk },
}

export type PartName = keyof typeof columns

/** What is written to the columns of a part, and where its items hold less than the columns can. */
type Item<P extends PartName, Less extends Partial<WrittenTo<(typeof columns)[P]>>> = Omit<
  WrittenTo<(typeof columns)[P]>,
  keyof Less
> &
  Pick<Less, keyof Less & keyof (typeof columns)[P]>

/** A call accepted from its requester: queued, or dispatched at once. */
export type Submission = WrittenTo<typeof columns.submit>
/** A queued call given to an agent. */
export type Claim = Item<'claim', { agent_id: string; journal_id: string }>
/** The agent started it. */
export type Acceptance = Item<'accept', { agent_id: string; started_at: Date }>
/** The agent's answer. */
export type Settlement = Item<
  'settle',
  {
    agent_id: string
    state: 'completed' | 'failed' | 'timeout' | 'cancelled' | 'ambiguous'
    finished_at: Date
  }
>
/** A piece of live output. */
export type OutputPiece = WrittenTo<typeof columns.output>
/** A piece of an artifact that is known. */
export type ArtifactPiece = WrittenTo<typeof columns.artifact>

export interface PartItems {
  submit: Submission
  claim: Claim
  accept: Acceptance
  settle: Settlement
  output: OutputPiece
  artifact: ArtifactPiece
}

export interface Part {
  /** In the order of the arrays. */
  columns: readonly (readonly [name: string, type: ColumnType])[]
  /**
   * Data-modifying CTE over `source`, an `unnest` of the columns. It returns `id`, and what `event`
   * reads.
   */
  change(source: string): string
  /** `select` that makes the events of the rows of `change`. Its columns are `eventColumns`. */
  event?(change: string): string
  /** Updates a row of executions: two such items of one execution never share a statement. */
  updates: boolean
}

export const eventColumns = 'at, project_id, kind, actor, actor_key, door, execution_id, agent_id, workspace_id, data'

// `state || ''` below hides the state from the partial indexes. The planner would rather read one
// of those whole than look up each id, and they grow with what is queued or in flight.

/** A record never ends before it began, whatever the clocks of agent and router say. */
const settledTimes = {
  started_at: 'coalesce(s.started_at, e.started_at)',
  finished_at: 'greatest(s.finished_at, s.started_at, e.started_at, e.dispatched_at, e.created_at)',
}

export const parts: { readonly [P in PartName]: Part } = {
  submit: {
    columns: arraysOf(columns.submit),
    updates: false,
    change: (source) =>
      `insert into executions (${namesOf(submitted)}) select ${namesOf(submitted)} from ${source} on conflict do nothing
       returning id, project_id, workspace_id, agent_id, state, attempt, requested_by, requested_key, requested_door,
         created_at, retry_of`,
    event: (change) =>
      `select created_at, project_id, 'execution.' || state, requested_by, requested_key, requested_door, id, agent_id, workspace_id,
         jsonb_build_object('attempt', attempt) from ${change}
       union all
       select created_at, project_id, 'execution.retried', requested_by, requested_key, requested_door, retry_of, null::text, workspace_id,
         jsonb_build_object('retry', id) from ${change} where retry_of is not null`,
  },
  claim: {
    columns: arraysOf(columns.claim),
    updates: true,
    change: (source) =>
      `update executions e set state = 'dispatched', ${assigned(place)}, dispatched_at = s.at, queue_deadline = null
       from ${source} where e.id = s.id and e.state || '' = 'queued' and e.attempt = s.attempt - 1
       returning e.id, e.project_id, e.workspace_id, e.agent_id, e.attempt, s.at`,
    event: (change) =>
      `select at, project_id, 'execution.dispatched', 'router', null::text, null::text, id, agent_id, workspace_id,
         jsonb_build_object('attempt', attempt) from ${change}`,
  },
  accept: {
    columns: arraysOf(columns.accept),
    updates: true,
    change: (source) =>
      `update executions e set state = 'running', ${assigned({ started_at })}
       from ${source} where ${matched(fence)} and e.state || '' = 'dispatched'
       returning e.id, e.project_id, e.workspace_id, e.agent_id, s.at, s.sent_at`,
    event: (change) =>
      `select at, project_id, 'execution.running', agent_id, null::text, null::text, id, agent_id, workspace_id,
         jsonb_strip_nulls(jsonb_build_object('sent_at', sent_at)) from ${change}`,
  },
  settle: {
    columns: arraysOf(columns.settle),
    updates: true,
    // A late answer of the same attempt settles an ambiguous call too: the agent knows better.
    change: (source) =>
      `update executions e set ${assigned(answer, settledTimes)}
       from ${source} where ${matched(fence)}
         and (e.state in (${inFlight}) or (e.state = 'ambiguous' and s.state <> 'ambiguous'))
       returning e.id, e.project_id, e.workspace_id, e.agent_id, e.state, e.exit_code, e.error, s.at, s.sent_at`,
    event: (change) =>
      `select at, project_id, 'execution.' || state, agent_id, null::text, null::text, id, agent_id, workspace_id,
         jsonb_strip_nulls(jsonb_build_object('exit_code', exit_code, 'error', error - 'sealed', 'sent_at', sent_at)) from ${change}`,
  },
  output: {
    columns: arraysOf(columns.output),
    updates: false,
    change: (source) =>
      `insert into execution_output (execution_id, ${namesOf(piece)}) select id, ${namesOf(piece)} from ${source}
       on conflict do nothing returning execution_id as id`,
  },
  artifact: {
    columns: arraysOf(columns.artifact),
    updates: false,
    change: (source) =>
      `insert into artifact_chunks (${namesOf(chunk)}) select ${namesOf(chunk)} from ${source}
       on conflict do nothing returning artifact_id as id`,
  },
}

export const partNames = keysOf(parts)

function arraysOf(of: Readonly<Record<string, Column<unknown, unknown, ColumnType>>>): Part['columns'] {
  return Object.entries(of).map(([name, { type }]) => [name, type])
}

function namesOf(of: Columns): string {
  return keysOf(of).join(', ')
}

/** @param otherwise what is assigned to a column that does not simply take what the item has */
function assigned<Of extends Columns>(of: Of, otherwise: { [Name in keyof Of]?: string } = {}): string {
  return keysOf(of)
    .map((name) => `${name} = ${otherwise[name] ?? `s.${name}`}`)
    .join(', ')
}

function matched(of: Columns): string {
  return keysOf(of)
    .map((name) => `e.${name} = s.${name}`)
    .join(' and ')
}
