import { command } from '../../command.ts'
import { listOptions, readList } from '../../list-options.ts'
import { rotationView } from '../../views/rotations.ts'

export const agentsRotations = command({
  name: 'rotations',
  summary: 'List how the keys of an agent were rotated, newest first',
  arguments: { agent: 'Name or id' },
  offers: 'agents',
  options: listOptions,
  examples: ['xeroctl agents rotations xem-jumphost-01'],
  async run({ cli, args, options }) {
    await cli.print.list(rotationView, await readList(cli, 'agents.rotations', { params: { id: args.agent } }, options))
  },
})
