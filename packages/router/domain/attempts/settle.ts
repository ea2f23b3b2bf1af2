// An agent's answer becomes the record.

import type { ResultFrame } from '@xerotier/protocol/frames/call/result.ts'
import { storableJson } from '@xerotier/protocol/storable-json.ts'
import { selectExecution, selectSealedWith } from '../../store/attempts.ts'
import { type MaybeSealed, sealError, sealedFor, sealJson } from '../../store/contents.ts'
import type { Store } from '../../store/database.ts'
import type { Settlement } from '../../store/lanes/parts.ts'
import type { ExecutionRow } from '../../store/tables.ts'
import type { OnlineAgent } from '../fleet/online-agent.ts'
import type { Records } from '../records.ts'
import { agentTime } from './agent-time.ts'
import type { Attempts } from './attempts.ts'
import { isAbout } from './calls.ts'
import { requeue } from './unfinished.ts'

const stateOf = {
  completed: 'completed',
  failed: 'failed',
  timeout: 'timeout',
  cancelled: 'cancelled',
  interrupted: 'ambiguous',
} as const

/**
 * Stores a result and tells those who wait. The agent may forget it then: after commit (law L1).
 * @returns whether it counts: false when the attempt is fenced
 */
export async function settleCall(core: Records & Attempts, agent: OnlineAgent, frame: ResultFrame): Promise<boolean> {
  const call = core.calls.get(agent.projectId, frame.execution_id)
  const live = call !== undefined && call.agent.id === agent.id && isAbout(call, frame) ? call : undefined
  if (frame.outcome === 'interrupted' && live !== undefined && !live.row.at_most_once) {
    await requeue(core, live.row, 'the agent was interrupted')
    return true
  }
  const now = core.clock.now()
  const began = { row: live?.row, now }
  const startedAt = frame.started_at === null ? null : agentTime(agent, frame.started_at, began)
  const finishedAt = agentTime(agent, frame.finished_at, began)
  const item: Settlement = {
    id: frame.execution_id,
    agent_id: agent.id,
    attempt: frame.attempt,
    lease_epoch: frame.lease_epoch,
    state: stateOf[frame.outcome],
    exit_code: frame.exit_code,
    signal: frame.signal,
    ...answerOf(core.store, frame, live?.row ?? (await selectSealedWith(core.store.db, frame.execution_id))),
    stdout_bytes: frame.stdout_bytes,
    stderr_bytes: frame.stderr_bytes,
    truncated: frame.truncated,
    started_at: startedAt,
    finished_at: new Date(Math.max(finishedAt.getTime(), startedAt?.getTime() ?? 0)),
    // Of a call that was accepted, that event says it.
    sent_at: live?.row.state === 'dispatched' ? (live.sentOn ?? null) : null,
    at: new Date(now),
  }
  const written = await core.lanes.commit('settle', item)
  const row = written && live !== undefined ? settledRow(live.row, item, frame) : await readSettled(core, agent, frame)
  // The agent forgets it either way, and so its place is free.
  if (live !== undefined) {
    agent.refusals = 0
    core.calls.remove(live.row)
  }
  core.dispatcher.wake(agent.projectId)
  if (row === undefined) return false
  core.calls.remove(row)
  core.calls.settled(row)
  return true
}

/** What the tool said, as it is written. */
function answerOf(
  { contents }: Pick<Store, 'contents'>,
  { execution_id: id, error, result }: ResultFrame,
  call: MaybeSealed | undefined,
): Pick<Settlement, 'error' | 'result'> {
  const isSealed = (call?.sealed_with ?? null) !== null
  const said = result === null || result === undefined ? null : storableJson(result)
  if (!isSealed) return { error: error === null ? null : storableJson(error), result: said }
  return {
    error: error === null ? null : sealError(contents, sealedFor.error(id), error),
    result: said === null ? null : sealJson(contents, sealedFor.result(id), said),
  }
}

function settledRow(row: ExecutionRow, item: Settlement, frame: ResultFrame): ExecutionRow {
  return {
    ...row,
    ...item,
    error: frame.error,
    result: frame.result ?? null,
    started_at: item.started_at ?? row.started_at,
  }
}

/** Not written: fenced, or written by a commit whose answer was lost. The row says which. */
async function readSettled(
  core: Pick<Records, 'store'>,
  agent: OnlineAgent,
  frame: ResultFrame,
): Promise<ExecutionRow | undefined> {
  const row = await selectExecution(core.store.db, frame.execution_id)
  const same =
    row?.agent_id === agent.id &&
    row.attempt === frame.attempt &&
    row.lease_epoch === frame.lease_epoch &&
    row.state === stateOf[frame.outcome]
  return same ? row : undefined
}
