// Group commit: a few dedicated connections, each of which takes all that waits when it comes free.
// There is no timer and no minimum batch: a lone call commits at once, and load makes batches grow.
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type LaneConnection, type OnConnect, openLaneConnection } from './connection.ts'
import type { PartItems, PartName } from './parts.ts'

export interface CommitLanes {
  /**
   * Commits one item.
   * @returns whether its row was written. It was not when its condition did not hold: the id or the
   * idempotency key of a submission is known, or an answer is fenced. The caller reads which.
   * @throws when the item is at fault, or the database stayed away too long
   */
  commit<P extends PartName>(part: P, item: PartItems[P]): Promise<boolean>
  /** Items waiting or being committed. */
  readonly depth: number
  close(): Promise<void>
}

export interface LaneOptions {
  databaseUrl: string
  /** Connections; 2 is right on fast disks, 4 where a sync takes 2 ms or more. */
  lanes: number
  /** How long an item may wait for a database that is away, ms. */
  patienceMs: number
  clock: Clock
  log: Log
  /** What a connection must pass before it is used. */
  onConnect?: OnConnect | undefined
  /** Hears of every commit that wrote something: readers of the event log look. */
  committed?: () => void
}

interface Waiting {
  part: PartName
  item: PartItems[PartName]
  since: number
  updates: boolean
  resolve(written: boolean): void
  reject(error: unknown): void
}

const itemsPerBatch = 256
const bytesPerBatch = 8 * 1024 * 1024
const updatingParts: readonly PartName[] = ['claim', 'accept', 'settle']

/** Resolves once every lane is connected. */
export async function openLanes(options: LaneOptions): Promise<CommitLanes> {
  const queue: Waiting[] = []
  /**
   * Executions and idempotency keys that a lane is writing. Their next items wait for it, so that
   * lanes neither deadlock nor overtake each other.
   */
  const busy = new Set<string>()
  const idle: LaneConnection[] = []
  const { databaseUrl, onConnect } = options
  const lanes = await Promise.all(
    Array.from({ length: options.lanes }, () => openLaneConnection(databaseUrl, onConnect)),
  )
  idle.push(...lanes)
  let committing = 0
  let scheduled = false
  let closing = false
  let closed = false

  const schedule = () => {
    if (scheduled || idle.length === 0 || queue.length === 0) return
    scheduled = true
    // One turn of the event loop lets everything that arrived together leave together.
    setImmediate(() => {
      scheduled = false
      for (let lane = idle.pop(); lane !== undefined; lane = idle.pop()) {
        const batch = take()
        if (batch.length === 0) return void idle.push(lane)
        void run(lane, batch)
      }
    })
  }

  function take(): Waiting[] {
    const batch: Waiting[] = []
    const updated = new Set<string>()
    const heldBack = new Set<string>()
    let bytes = 0
    let kept = 0
    let seen = 0
    for (const waiting of queue) {
      if (batch.length >= itemsPerBatch || bytes >= bytesPerBatch) break
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
      bytes += 'data' in waiting.item ? waiting.item.data.length : 1024
      batch.push(waiting)
    }
    queue.splice(kept, seen - kept)
    for (const waiting of batch) for (const name of writtenBy(waiting)) busy.add(name)
    return batch
  }

  async function run(lane: LaneConnection, batch: Waiting[]): Promise<void> {
    committing += batch.length
    try {
      await commitBatch(lane, batch)
    } finally {
      committing -= batch.length
      for (const waiting of batch) for (const name of writtenBy(waiting)) busy.delete(name)
      idle.push(lane)
      schedule()
    }
  }

  async function commitBatch(lane: LaneConnection, batch: Waiting[]): Promise<void> {
    try {
      const written = await lane.execute(batch)
      if (written.size > 0) options.committed?.()
      for (const waiting of batch) waiting.resolve(written.has(lane.keyOf(waiting)))
    } catch (error) {
      if (lane.connectionLost(error)) return retryLater(lane, batch, error)
      const [first, ...others] = batch
      if (others.length === 0) return first?.reject(error)
      // One bad item must not fail the others: each goes alone.
      options.log.warning({ error, items: batch.length }, 'a commit batch failed and is redone item by item')
      for (const waiting of batch) await commitBatch(lane, [waiting])
    }
  }

  /**
   * The database went away. Items wait for it as long as they may, since each part can be repeated.
   * So do those that no lane has taken: there may be no lane left to take them.
   */
  async function retryLater(lane: LaneConnection, batch: Waiting[], error: unknown): Promise<void> {
    options.log.error({ error, items: batch.length }, 'the commit lane lost its database connection')
    for (;;) {
      const late = new Set<string>()
      batch = inTime(batch, late, error)
      for (const waiting of inTime(queue.splice(0), late, error)) queue.push(waiting)
      if (await lane.reconnect()) break
      if (closing && batch.length + queue.length === 0) return
      await new Promise<void>((resolve) => options.clock.after(100, resolve))
    }
    if (batch.length > 0) await commitBatch(lane, batch)
  }

  /**
   * What may wait on. What follows a lost item must not be stored without it: `late` collects the
   * executions that lost one.
   */
  function inTime(items: readonly Waiting[], late: Set<string>, error: unknown): Waiting[] {
    const oldest = options.clock.monotonic() - options.patienceMs
    return items.filter((waiting) => {
      if (waiting.since >= oldest && !late.has(waiting.item.id)) return true
      late.add(waiting.item.id)
      waiting.reject(error)
      return false
    })
  }

  return {
    get depth() {
      return queue.length + committing
    },
    commit(part, item) {
      if (closed) return Promise.reject(new Error('the commit lanes are closed'))
      return new Promise<boolean>((resolve, reject) => {
        queue.push({
          part,
          item,
          since: options.clock.monotonic(),
          updates: updatingParts.includes(part),
          resolve,
          reject,
        })
        schedule()
      })
    },
    async close() {
      closing = true
      while (queue.length + committing > 0) await new Promise((resolve) => setImmediate(resolve))
      closed = true
      await Promise.all(lanes.map((lane) => lane.close()))
    },
  }
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
