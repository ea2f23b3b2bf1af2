import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { eventView } from '../../views/events.ts'

export const agentsEvents = command({
  name: 'events',
  summary: 'Print the lifecycle events of an agent, newest first',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: listOptions,
  examples: ['xeroctl agents xem-jumphost-01 --events'],
  async run({ cli, args, options }) {
    await cli.print.list(eventView, await readList(cli, 'agents.events', { params: { id: args.agent } }, options))
  },
})
