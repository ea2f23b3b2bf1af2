import type { Tx } from '../../store/database.ts'
import { appendEvents, type NewEvent } from '../../store/events.ts'
import type { Records } from '../records.ts'

/** Notes an event of the transaction; the time is filled in. */
export type Append = (event: Omit<NewEvent, 'at'>) => void

/** One transaction that changes something and logs it. Readers of the log are woken after the commit. */
export async function write<T>(core: Records, work: (tx: Tx, append: Append, now: Date) => Promise<T>): Promise<T> {
  const events: NewEvent[] = []
  const result = await core.store.db.transaction().execute(async (tx) => {
    const now = new Date(core.clock.now())
    const done = await work(tx, (event) => void events.push({ at: now, ...event }), now)
    await appendEvents(tx, events)
    return done
  })
  if (events.length > 0) core.eventLog.wake()
  return result
}
