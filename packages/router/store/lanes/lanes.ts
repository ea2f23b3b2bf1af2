// Group commit: a few dedicated connections, each of which takes all that waits when it comes free.
// There is no timer and no minimum batch: a lone call commits at once, and load makes batches grow.
// One more connection takes large pieces of output, for which no call waits (queue.ts).
import type { Clock } from '@xerotier/runtime/clock.ts'
import type { Log } from '@xerotier/runtime/log.ts'
import { type LaneConnection, type OnConnect, openLaneConnection } from './connection.ts'
import type { PartItems, PartName } from './parts.ts'
import { createCommitQueue, type Line, type Waiting } from './queue.ts'

export interface CommitLanes {
  /**
   * Commits one item.
   * @returns whether its row was written. It was not when its condition did not hold: the id or the
   * idempotency key of a submission is known, or an answer is fenced. The caller reads which.
   * @throws when the item is at fault, or the database stayed away too long
   */
  commit<P extends PartName>(part: P, item: PartItems[P]): Promise<boolean>
  /** Items waiting or being committed, without those behind large pieces of output. */
  readonly depth: number
  /** Large pieces of output, and what came after them. */
  readonly outputDepth: number
  close(): Promise<void>
}

export interface LaneOptions {
  databaseUrl: string
  /**
   * Connections for the steps of calls; 2 is right on fast disks, 4 where a sync takes 2 ms or
   * more.
   */
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

interface Lane {
  readonly line: Line
  readonly connection: LaneConnection
}

const updatingParts: readonly PartName[] = ['claim', 'accept', 'settle']

/** Resolves once every lane is connected. */
export async function openLanes(options: LaneOptions): Promise<CommitLanes> {
  const queue = createCommitQueue()
  const idle: Lane[] = []
  const { databaseUrl, onConnect } = options
  const lines: Line[] = ['pieces', ...Array.from({ length: options.lanes }, () => 'steps' as const)]
  const lanes: Lane[] = await Promise.all(
    lines.map(async (line) => ({ line, connection: await openLaneConnection(databaseUrl, onConnect) })),
  )
  idle.push(...lanes)
  const committing: Record<Line, number> = { steps: 0, pieces: 0 }
  const all = (line: Line) => queue.length(line) + committing[line]
  let scheduled = false
  let closing = false
  let closed = false

  const schedule = () => {
    if (scheduled || !idle.some(({ line }) => queue.length(line) > 0)) return
    scheduled = true
    // One turn of the event loop lets everything that arrived together leave together.
    setImmediate(() => {
      scheduled = false
      for (const lane of idle.splice(0)) {
        const batch = queue.take(lane.line)
        if (batch.length === 0) idle.push(lane)
        else void run(lane, batch)
      }
    })
  }

  async function run(lane: Lane, batch: Waiting[]): Promise<void> {
    committing[lane.line] += batch.length
    try {
      await commitBatch(lane.connection, batch)
    } finally {
      committing[lane.line] -= batch.length
      queue.done(batch)
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
      queue.keep((waiting) => inTime(waiting, late, error))
      if (await lane.reconnect()) break
      if (closing && batch.length + queue.length('steps') + queue.length('pieces') === 0) return
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
      return all('steps')
    },
    get outputDepth() {
      return all('pieces')
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
      while (all('steps') + all('pieces') > 0) await new Promise((resolve) => setImmediate(resolve))
      closed = true
      await Promise.all(lanes.map(({ connection }) => connection.close()))
    },
  }
}
