// Sends what stands in the outbox. What is in hand is known to this process alone: there is one
// active router, and after a restart what was in hand is sent again.
//
// Receivers do not wait for each other: each has a few places, one that fails has one, and all that
// fail together have half of them.
import { limits } from '@xerotier/protocol/limits.ts'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { createNap } from '@xerotier/runtime/nap.ts'
import { type DueDelivery, selectDueDeliveries, selectPendingDelivery } from '../../store/deliveries.ts'
import type { DeliveryRow } from '../../store/tables.ts'
import { write } from '../events/write.ts'
import { moveDeliveries } from '../lifecycles/delivery.ts'
import type { Records } from '../records.ts'
import { type Attempted, type Send, waitAfter } from './attempt.ts'

export interface Outbox {
  /** Something was put into it: looks at once. */
  wake(): void
  /** Tries one now. @returns its row afterwards; undefined when it is not pending any more */
  attempt(delivery: DeliveryRow): Promise<DeliveryRow | undefined>
  /** Resolves when what is in hand has ended, or after two seconds. */
  close(): Promise<void>
}

export interface OutboxOptions {
  send: Send
  /** From 0 to 1. */
  chance(): number
  /** Hears of every attempt. */
  attempted?(delivery: DeliveryRow, attempted: Attempted): void
  /** What else follows an attempt, in the transaction that notes it. */
  noted?(
    writing: Parameters<Parameters<typeof write>[1]>[0],
    delivery: DeliveryRow,
    attempted: Attempted,
  ): Promise<void>
}

const pollMs = 1_000
const closeMs = 2_000

export function createOutbox(records: Records, options: OutboxOptions): Outbox {
  const { store, clock, log } = records
  const inHand = new Map<string, Promise<unknown>>()
  const places = createPlaces()
  const nap = createNap(clock)
  let stopping = false

  const note = (delivery: DeliveryRow, attempted: Attempted): Promise<DeliveryRow | undefined> =>
    write(records, async (writing) => {
      const now = writing.now
      const attempts = delivery.attempts + 1
      const said = { attempts, last_attempt_at: now, last_status: attempted.status ?? null }
      await options.noted?.(writing, delivery, attempted)
      const one = (deliveries: Parameters<Parameters<typeof moveDeliveries>[1]>[0]) =>
        deliveries.where('id', '=', delivery.id).where('attempts', '=', delivery.attempts)
      if (attempted.delivered) {
        const [row] = await moveDeliveries(writing, one, 'delivered', { ...said, last_error: null, settled_at: now })
        return row
      }
      const ageMs = now.getTime() - delivery.waiting_since.getTime()
      const wait = waitAfter(attempted, { attempts, ageMs }, options.chance())
      if (wait === undefined) {
        const set = { ...said, last_error: attempted.error, settled_at: now }
        const [row] = await moveDeliveries(writing, one, 'exhausted', set)
        return row
      }
      return writing.tx
        .updateTable('deliveries')
        .set({ ...said, last_error: attempted.error, next_attempt_at: new Date(now.getTime() + wait) })
        .where('id', '=', delivery.id)
        .where('attempts', '=', delivery.attempts)
        .where('state', '=', 'pending')
        .returningAll()
        .executeTakeFirst()
    })

  const attempt = async (delivery: DeliveryRow): Promise<DeliveryRow | undefined> => {
    const attempted = await options.send(delivery).catch((error): Attempted => {
      log.error({ error, delivery_id: delivery.id }, 'a delivery could not be made ready')
      return { delivered: false, error: `the router could not send it: ${messageOf(error)}` }
    })
    places.learn(delivery.lane, attempted.delivered)
    options.attempted?.(delivery, attempted)
    if (!attempted.delivered) {
      const about = { delivery_id: delivery.id, channel_id: delivery.channel_id, error: attempted.error }
      log.info(about, 'a delivery failed')
    }
    return note(delivery, attempted)
  }

  const begin = ({ id, lane }: DueDelivery): void => {
    places.take(lane)
    const ended = selectPendingDelivery(store.db, id)
      .then((delivery) => (delivery === undefined ? undefined : attempt(delivery)))
      .catch((error) => log.warning({ error, delivery_id: id }, 'could not note a delivery; it is sent again'))
      .finally(() => {
        places.leave(lane)
        inHand.delete(id)
        wake()
      })
    inHand.set(id, ended)
  }

  const pass = async (): Promise<void> => {
    // Those in hand are still due: each lane may have as many before others of its own. Also one
    // whose failure is noted while this reads, though its next attempt is not.
    const busy = new Set(inHand.keys())
    const due = await selectDueDeliveries(store.db, new Date(clock.now()), 2 * limits.deliveriesAtOncePerReceiver)
    const waiting = due.filter(({ id }) => !busy.has(id) && !inHand.has(id))
    for (const delivery of places.inTurn(waiting)) if (places.has(delivery.lane)) begin(delivery)
  }

  let woken = false
  const wake = () => {
    woken = true
    nap.end()
  }
  const run = async () => {
    while (!stopping) {
      woken = false
      await pass().catch((error) => log.warning({ error }, 'the outbox cannot be read; it is tried again'))
      if (!stopping && !woken) await nap.take(pollMs)
    }
  }
  const ended = run()

  return {
    wake,
    async attempt(delivery) {
      const attempting = attempt(delivery)
      inHand.set(
        delivery.id,
        attempting.catch(() => {}),
      )
      return attempting.finally(() => inHand.delete(delivery.id))
    },
    async close() {
      stopping = true
      wake()
      await ended
      const late = Promise.withResolvers<void>()
      const timer = clock.after(closeMs, late.resolve)
      await Promise.race([Promise.all(inHand.values()), late.promise])
      timer.cancel()
    },
  }
}

/** Who may be sent to now. */
function createPlaces() {
  const taken = new Map<string, number>()
  const failing = new Set<string>()
  const count = (lane: string) => taken.get(lane) ?? 0
  const all = (lanes = [...taken]) => lanes.reduce((sum, [, places]) => sum + places, 0)
  const ofFailing = () => all([...taken].filter(([lane]) => failing.has(lane)))
  return {
    has(lane: string): boolean {
      if (all() >= limits.deliveriesAtOnce) return false
      if (!failing.has(lane)) return count(lane) < limits.deliveriesAtOncePerReceiver
      return count(lane) === 0 && ofFailing() < limits.deliveriesAtOnce / 2
    },
    take(lane: string): void {
      taken.set(lane, count(lane) + 1)
    },
    leave(lane: string): void {
      if (count(lane) > 1) taken.set(lane, count(lane) - 1)
      else taken.delete(lane)
    },
    learn(lane: string, delivered: boolean): void {
      if (delivered) failing.delete(lane)
      else failing.add(lane)
    },
    /** One of each lane before the second of any; those of lanes that fail last. */
    inTurn(deliveries: DueDelivery[]): DueDelivery[] {
      const seen = new Map<string, number>()
      const ranked = deliveries.map((delivery) => {
        const { lane } = delivery
        const nth = (seen.get(lane) ?? count(lane)) + 1
        seen.set(lane, nth)
        return { delivery, rank: nth + (failing.has(lane) ? limits.deliveriesAtOnce : 0) }
      })
      return ranked.sort((one, other) => one.rank - other.rank).map(({ delivery }) => delivery)
    },
  }
}
