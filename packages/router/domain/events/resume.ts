import { Fault } from '@xerotier/protocol/errors.ts'
import { isBeforeHorizon } from '../../store/retention-events.ts'
import type { Records } from '../records.ts'
import { cursorOf, type EventId } from './cursor.ts'

/**
 * Whether a reader that has seen the event can be given all that came after it.
 * @throws Fault invalid_request for what is no id of an event
 * @throws Fault events_removed when retention has removed some of that
 */
export async function requireAllAfter(
  { store }: Pick<Records, 'store'>,
  projectId: string,
  seen: EventId | undefined,
): Promise<void> {
  if (seen === undefined) return
  const place = cursorOf(seen, 'Last-Event-ID')
  if (await isBeforeHorizon(store.db, projectId, place)) throw new Fault('events_removed')
}
