import type { Event } from '@xerotier/protocol/api/events.ts'
import { agentEventName } from '@xerotier/protocol/events.ts'
import { selectActorNames } from '../../store/names.ts'
import type { Member } from '../actor.ts'
import { findAgent } from '../directory/find-agent.ts'
import type { EventLog, LoggedEvent, Subscription } from '../events/event-log.ts'
import { presentLogged } from '../events/present.ts'
import { requireAllAfter } from '../events/resume.ts'
import type { StreamItem, StreamSink } from '../events/sink.ts'
import type { Records } from '../records.ts'

/**
 * The agent's life as it goes on. The function that it returns starts the stream.
 * @throws Fault agent_not_found, invalid_request, events_removed
 */
export async function streamAgentEvents(
  core: Pick<Records, 'store'> & { eventLog: EventLog },
  { projectId }: Member,
  reference: string,
  lastEventId: string | undefined,
): Promise<(sink: StreamSink) => Subscription> {
  await requireAllAfter(core, projectId, lastEventId)
  const { id } = await findAgent(core.store.db, projectId, reference)
  const isIts = ({ agent_id, kind }: LoggedEvent) => agent_id === id && kind.startsWith('agent.')
  return (sink) =>
    core.eventLog.subscribe(
      projectId,
      { after: lastEventId },
      async (events) => {
        const its = events.filter(isIts)
        if (its.length === 0) return
        const actors = its.map(({ actor }) => actor)
        const names = await selectActorNames(core.store.db, projectId, actors)
        await sink.write(
          its.map((event): StreamItem & { data: Event } => ({
            name: agentEventName,
            id: event.id,
            data: presentLogged(event, names),
          })),
        )
      },
      () => sink.end(),
    )
}
