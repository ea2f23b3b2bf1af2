// What waits for a commit, in two lines. Steps of calls are small, and somebody waits for them.
// Pieces of output come in megabytes; they have a line and a lane of their own, so that no step
// stands behind them. What belongs to one execution stays in its order all the same.
import type { PartItems, PartName } from './parts.ts'

export interface Waiting {
  part: PartName
  item: PartItems[PartName]
  since: number
  updates: boolean
  resolve(written: boolean): void
  reject(error: unknown): void
}

export type Line = 'steps' | 'pieces'

export interface CommitQueue {
  length(line: Line): number
  push(waiting: Waiting): void
  /** The next batch of a line, which is busy until it is `done`. Empty when nothing may go. */
  take(line: Line): Waiting[]
  done(batch: readonly Waiting[]): void
  /** Those for which it answers false are no longer here. */
  keep(stays: (waiting: readonly Waiting[]) => Waiting[]): void
}

/** Output below this goes with the steps: a command that says a word takes no commit more. */
const smallBytes = 8 * 1024
const itemsPerBatch = 256
/** A sync for each megabyte is cheap, and a batch keeps Postgres busy for some ms only. */
const bytesPerBatch: Readonly<Record<Line, number>> = { steps: 8 * 1024 * 1024, pieces: 1024 * 1024 }

export function createCommitQueue(): CommitQueue {
  let lines: Record<Line, Waiting[]> = { steps: [], pieces: [] }
  /**
   * Executions and idempotency keys that a lane is writing. Their next items wait for it, so that
   * lanes neither deadlock nor overtake each other.
   */
  const busy = new Set<string>()
  /** How many pieces of each execution wait: what comes after them stands behind them. */
  const pieces = new Map<string, number>()

  const lineOf = (waiting: Waiting): Line =>
    bytesOf(waiting) >= smallBytes || (pieces.size > 0 && pieces.has(waiting.item.id)) ? 'pieces' : 'steps'

  function put(waiting: Waiting, line: Line): void {
    lines[line].push(waiting)
    if (line === 'pieces') pieces.set(waiting.item.id, (pieces.get(waiting.item.id) ?? 0) + 1)
  }

  function left({ item: { id } }: Waiting): void {
    const others = (pieces.get(id) ?? 1) - 1
    if (others === 0) pieces.delete(id)
    else pieces.set(id, others)
  }

  return {
    length: (line) => lines[line].length,
    push: (waiting) => put(waiting, lineOf(waiting)),
    take(line) {
      const queue = lines[line]
      const batch: Waiting[] = []
      if (queue.length === 0) return batch
      const updated = new Set<string>()
      // Steps of an execution that wait came before its pieces.
      const heldBack = new Set(line === 'pieces' ? lines.steps.map(({ item }) => item.id) : [])
      let bytes = 0
      let kept = 0
      let seen = 0
      for (const waiting of queue) {
        if (batch.length >= itemsPerBatch || bytes >= bytesPerBatch[line]) break
        seen += 1
        const { id } = waiting.item
        const key = idempotencyKeyOf(waiting)
        // A statement updates a row once at most: of two updates Postgres would pick one. And the
        // items of one execution stay in order.
        const taken = busy.has(id) || (key !== undefined && busy.has(key))
        if (taken || heldBack.has(id) || (waiting.updates && updated.has(id))) {
          heldBack.add(id)
          queue[kept++] = waiting
          continue
        }
        if (waiting.updates) updated.add(id)
        bytes += bytesOf(waiting) + 1024
        batch.push(waiting)
      }
      queue.splice(kept, seen - kept)
      for (const waiting of batch) {
        if (line === 'pieces') left(waiting)
        for (const name of writtenBy(waiting)) busy.add(name)
      }
      return batch
    },
    done(batch) {
      for (const waiting of batch) for (const name of writtenBy(waiting)) busy.delete(name)
    },
    keep(stays) {
      const { steps, pieces: large } = lines
      lines = { steps: [], pieces: [] }
      pieces.clear()
      for (const waiting of stays(steps)) put(waiting, 'steps')
      for (const waiting of stays(large)) put(waiting, 'pieces')
    },
  }
}

function bytesOf({ item }: Waiting): number {
  return 'data' in item ? item.data.length : 0
}

/** Of a submission that has one. Lanes that insert keys in opposite orders wait for each other. */
function idempotencyKeyOf({ item }: Waiting): string | undefined {
  if (!('idempotency_key' in item)) return undefined
  const { project_id, idempotency_key } = item
  return idempotency_key === null ? undefined : `${project_id} ${idempotency_key}`
}

function writtenBy(waiting: Waiting): string[] {
  const key = idempotencyKeyOf(waiting)
  return key === undefined ? [waiting.item.id] : [waiting.item.id, key]
}
