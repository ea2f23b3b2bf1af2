import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { release } from '../legal-holds/holding.ts'

export const execRelease = command({
  name: 'release',
  summary: 'Release a call that is held: it goes when its time is over, which may be at once',
  arguments: { execution: 'Id' },
  offers: 'executions',
  examples: ['xeroctl exec release <id>'],
  async run({ cli, args }) {
    const id = await wholeId(cli, 'executions.list', args.execution)
    await release(cli, id, id)
  },
})
