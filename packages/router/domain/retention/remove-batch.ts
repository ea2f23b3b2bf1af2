// One small transaction of retention: a few calls of one project lose what has had its time.
import type { Retention } from '@xerotier/protocol/api/retention.ts'
import {
  addProgress,
  type Candidate,
  noteKept,
  type OfCalls,
  removeOfCalls,
  selectCandidates,
  selectKept,
  selectPlace,
} from '../../store/retention.ts'
import { type Writing, write } from '../events/write.ts'
import type { Records } from '../records.ts'
import { endOf } from './end-of.ts'

/**
 * The transaction holds the event log back for its readers while it goes on: some ten
 * milliseconds.
 */
export interface BatchSize {
  calls: number
  bytes: number
}
export const batchSize: BatchSize = { calls: 100, bytes: 4 * 1024 * 1024 }

const settingOf: Record<OfCalls, keyof Retention> = {
  output: 'output_days',
  artifacts: 'artifacts_days',
  executions: 'executions_days',
}

export interface Walk {
  projectId: string
  what: OfCalls
  /** Those that kept it when its time came, or those that are looked at for the first time. */
  which: 'kept' | 'fresh'
}

export interface Walked {
  /** The last call that was looked at. */
  after: string | null
  done: boolean
}

/** @param after of the batch before; undefined for the first of this walk */
export function removeBatch(
  core: Records,
  walk: Walk,
  after: string | null | undefined,
  size: BatchSize = batchSize,
): Promise<Walked> {
  const { projectId, what, which } = walk
  return write(core, async (writing) => {
    const { tx } = writing
    const before = await endOf(writing, projectId, (project) => project[settingOf[what]])
    if (before === undefined) return { after: null, done: true }
    const from = after === undefined ? await firstOf(writing, walk) : after
    const select = which === 'kept' ? selectKept : selectCandidates
    const found = await select(tx, { projectId, what, before }, { after: from, limit: size.calls })
    const looked = upTo(size.bytes, found)
    const ids = (those: readonly Candidate[]) => those.map(({ id }) => id)
    const gone = looked.filter((one) => !one.stays)
    const removed = await removeOfCalls(tx, { projectId, what }, ids(gone))
    const last = looked.at(-1)?.id ?? from
    if (what !== 'executions')
      await noteKept(tx, { projectId, what }, { kept: ids(looked.filter((one) => one.stays)), removed: ids(gone) })
    const bytes = gone.reduce((sum, one) => sum + one.bytes, 0)
    const executionId = what === 'executions' ? (gone.at(-1)?.id ?? null) : last
    if (executionId !== null) await addProgress(tx, { projectId, what }, { executionId, removed, bytes })
    return { after: last, done: looked.length < size.calls && looked.length === found.length }
  })
}

/** Calls stay in the way of those behind them only until the next pass; output has a place. */
async function firstOf({ tx }: Writing, { projectId, what, which }: Walk): Promise<string | null> {
  return which === 'kept' || what === 'executions' ? null : selectPlace(tx, projectId, what)
}

/** As many as hold so much together, and one at least. */
function upTo(bytes: number, calls: readonly Candidate[]): Candidate[] {
  let sum = 0
  return calls.filter((call, at) => {
    sum += call.bytes
    return at === 0 || sum <= bytes
  })
}
