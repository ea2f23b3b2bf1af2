import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import { Fault } from '@xerotier/protocol/errors.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { testType } from '@xerotier/protocol/webhook-types.ts'
import { lockChannel } from '../../store/channels.ts'
import { countDeliveriesSince } from '../../store/deliveries.ts'
import type { ChannelRow } from '../../store/tables.ts'
import type { Member } from '../actor.ts'
import type { Outbox } from '../deliveries/outbox.ts'
import { presentDelivery } from '../deliveries/present.ts'
import { write } from '../events/write.ts'
import { newId } from '../ids.ts'
import type { Records } from '../records.ts'
import { writeBody } from './message-body.ts'
import { webhookBody } from './webhook-event.ts'

const hourMs = 3_600_000

/**
 * Sends a test now, whatever the receiver subscribed to, and tells how it went. It is tried once.
 * @throws Fault rate_limit_exceeded
 */
export async function testChannel(
  core: Records & { outbox: Outbox },
  actor: Member,
  channel: ChannelRow,
): Promise<Delivery> {
  const row = await write(core, async ({ tx, now }) => {
    await lockChannel(tx, channel.project_id, channel.id)
    const tests = await countDeliveriesSince(tx, channel.id, testType, new Date(now.getTime() - hourMs))
    if (tests >= limits.testDeliveriesPerHour) {
      const message = `It was tested ${tests} times within an hour, which is the limit.`
      throw new Fault('rate_limit_exceeded', { message, retryAfter: 600 })
    }
    const eventId = newId('evt', now.getTime())
    const created_at = Math.floor(now.getTime() / 1000)
    const data = { channel_id: channel.id, asked_by: actor.id, asked_by_name: actor.name }
    const body =
      channel.kind === 'webhook'
        ? webhookBody({ id: eventId, type: testType, created_at, data })
        : writeBody({ say: 'test', by: actor.name })
    return tx
      .insertInto('deliveries')
      .values({
        id: newId('dlv', now.getTime()),
        project_id: channel.project_id,
        channel_id: channel.id,
        lane: channel.id,
        event_id: eventId,
        type: testType,
        state: 'pending',
        body,
        created_at: now,
        waiting_since: now,
        // Not the outbox's, unless this router ends before it is tried.
        next_attempt_at: new Date(now.getTime() + 6 * limits.deliveryTimeoutMs),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return presentDelivery((await core.outbox.attempt(row)) ?? row)
}
