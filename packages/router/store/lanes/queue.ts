// What waits for a commit, in two lines. Steps of calls are small, and somebody waits for them.
// Pieces of output come in megabytes; they have a line and a lane of their own, so that no step
// stands behind them, and executions take turns in it, so that a page of output does not stand
// behind the megabytes of twenty others. What belongs to one execution stays in its order all the
// same.
import type { PartItems, PartName } from './parts.ts'
import { createRounds } from './rounds.ts'

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
  let steps: Waiting[] = []
  /** By execution. */
  const pieces = createRounds<Waiting>()
  /**
   * Executions and idempotency keys that a lane is writing. Their next items wait for it, so that
   * lanes neither deadlock nor overtake each other.
   */
  const busy = new Set<string>()

  // What comes after pieces of its execution stands behind them.
  const lineOf = (waiting: Waiting): Line =>
    bytesOf(waiting) >= smallBytes || pieces.has(waiting.item.id) ? 'pieces' : 'steps'

  function put(waiting: Waiting, line: Line): void {
    if (line === 'pieces') pieces.push(waiting.item.id, waiting)
    else steps.push(waiting)
  }

  /** A batch that is being filled. `blocked`: executions of which nothing more goes with it. */
  function createBatch(line: Line, blocked: Set<string>) {
    const items: Waiting[] = []
    const updated = new Set<string>()
    let bytes = 0
    return {
      items,
      get isFull() {
        return items.length >= itemsPerBatch || bytes >= bytesPerBatch[line]
      },
      /** @returns whether it goes */
      add(waiting: Waiting): boolean {
        const { id } = waiting.item
        const key = idempotencyKeyOf(waiting)
        // A statement updates a row once at most: of two updates Postgres would pick one. And the
        // items of one execution stay in order.
        const taken = busy.has(id) || (key !== undefined && busy.has(key))
        if (taken || blocked.has(id) || (waiting.updates && updated.has(id))) {
          blocked.add(id)
          return false
        }
        if (waiting.updates) updated.add(id)
        bytes += bytesOf(waiting) + 1024
        items.push(waiting)
        return true
      },
    }
  }

  function takeSteps(): Waiting[] {
    const batch = createBatch('steps', new Set())
    let kept = 0
    let seen = 0
    for (const waiting of steps) {
      if (batch.isFull) break
      seen += 1
      if (!batch.add(waiting)) steps[kept++] = waiting
    }
    steps.splice(kept, seen - kept)
    return batch.items
  }

  function takePieces(): Waiting[] {
    if (pieces.length === 0) return []
    // Steps of an execution that wait came before its pieces.
    const batch = createBatch('pieces', new Set(steps.map(({ item }) => item.id)))
    for (const next of pieces.inTurn()) {
      if (batch.isFull) break
      if (batch.add(next.item)) next.take()
    }
    return batch.items
  }

  return {
    length: (line) => (line === 'steps' ? steps.length : pieces.length),
    push: (waiting) => put(waiting, lineOf(waiting)),
    take(line) {
      const batch = line === 'steps' ? takeSteps() : takePieces()
      for (const waiting of batch) for (const name of writtenBy(waiting)) busy.add(name)
      return batch
    },
    done(batch) {
      for (const waiting of batch) for (const name of writtenBy(waiting)) busy.delete(name)
    },
    keep(stays) {
      const large = pieces.clear()
      steps = stays(steps)
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
