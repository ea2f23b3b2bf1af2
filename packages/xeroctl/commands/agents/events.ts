import type { Event } from '@xerotier/protocol/api/events.ts'
import { memberOf } from '@xerotier/protocol/record.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { connectionNotes } from '../../follow/connection-notes.ts'
import { jsonOf } from '../../follow/json-of.ts'
import { listOptions, readList } from '../../list-options.ts'
import { toggle } from '../../options.ts'
import { eventLine, eventView } from '../../views/events.ts'

export const agentsEvents = command({
  name: 'events',
  summary: 'Print the lifecycle events of an agent, newest first, or as they happen',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: {
    ...listOptions,
    follow: toggle('Print the last ones oldest first, and then each as it happens', { short: 'f' }),
  },
  notes:
    '--follow goes on after a cut and misses nothing; under -o json and ndjson each line is one JSON object. Ctrl-C ends it.',
  examples: ['xeroctl agents xem-jumphost-01 --events', 'xeroctl agents events xem-jumphost-01 --follow'],
  async run({ cli, args, options: { follow, ...page } }) {
    const list = await readList(cli, 'agents.events', { params: { id: args.agent } }, page)
    if (!follow) return cli.print.list(eventView, list)
    for (const event of list.data.toReversed()) await print(cli, event)
    await followEvents(cli, args.agent, list.data[0]?.id)
  },
})

const print = (cli: Cli, event: Event) => cli.print.entry(event, ({ id }) => id, eventLine)

/** @param lastEventId what has been printed; without it from now on */
async function followEvents(cli: Cli, agent: string, lastEventId: string | undefined): Promise<void> {
  const stop = new AbortController()
  const release = cli.surroundings.onInterrupt(() => stop.abort())
  const position = lastEventId === undefined ? {} : { lastEventId }
  const options = { signal: stop.signal, onState: connectionNotes(cli), ...position }
  try {
    for await (const { data } of cli.client().events('agents.eventStream', { params: { id: agent } }, options)) {
      const event = jsonOf(data)
      if (isEvent(event)) await print(cli, event)
    }
  } finally {
    release()
  }
}

/** What belongs to the connection is none. */
function isEvent(data: unknown): data is Event {
  return memberOf(data, 'object') === 'event'
}
