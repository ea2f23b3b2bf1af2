// Audit records of all projects go to a collector as they happen. A follower, so that its place is
// in the database: what happens while the collector is away, or the router, goes afterwards. Nobody
// waits for it but retention, which removes nothing that it has not sent.
import type { SiemFormat } from '@xerotier/protocol/api/exports.ts'
import type { LoggedEvent } from '../events/event-log.ts'
import type { Follower } from '../events/follow.ts'
import { write } from '../events/write.ts'
import { isRefusal, lineOf } from '../exports/formats.ts'
import type { Records } from '../records.ts'
import type { Collector, Line } from './collector.ts'
import { connectSiem, type SiemOptions } from './connect.ts'

const forwarderName = 'siem'
/**
 * What forwards to the collector that the operators named. While they name none its place is
 * forgotten: it would hold retention up for ever.
 */
export async function forwardTo(
  core: Records,
  options: SiemOptions | undefined,
): Promise<{ follower: Follower; close(): Promise<void> } | undefined> {
  if (options === undefined) {
    await write(core, ({ tx }) => tx.deleteFrom('followers').where('name', '=', forwarderName).execute())
    return undefined
  }
  const collector = connectSiem(options, core.clock)
  return { follower: forwardEvents(collector, options.format), close: () => collector.close() }
}

function forwardEvents(collector: Collector, format: SiemFormat): Follower {
  return {
    name: forwarderName,
    from: 'present',
    coalesceMs: 500,
    // The first batch after a failure is one record (follow.ts), and grows from there.
    batchMax: 500,
    react: (events) => collector.send(events.map((event) => lineOfEvent(event, format))),
  }
}

/** As an export tells it. */
function lineOfEvent({ id, ...event }: LoggedEvent, format: SiemFormat): Line {
  const { at, kind } = event
  const row = {
    seq: Number(id.slice(id.indexOf('-') + 1)),
    at_us: at.getTime() * 1000,
    project: event.project_id,
    kind,
    actor: event.actor,
    actor_key: event.actor_key,
    door: event.door,
    execution: event.execution_id,
    approval: event.approval_id,
    agent: event.agent_id,
    workspace: event.workspace_id,
    data: event.data,
  }
  return { at, kind, isRefusal: isRefusal(row), text: lineOf(format, row).trimEnd() }
}
