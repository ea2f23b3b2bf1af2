import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { hold, holdOptions } from '../legal-holds/holding.ts'

export const execHold = command({
  name: 'hold',
  summary: 'Keep a call with all that it left, however old it is, until it is released',
  arguments: { execution: 'Id' },
  offers: 'executions',
  options: holdOptions,
  notes: 'The events since the call stay with it, and so does the audit log.',
  examples: ['xeroctl exec hold <id> --reason "evidence in case 7/2026" --incident INC-42'],
  async run({ cli, args, options }) {
    await hold(cli, { execution: await wholeId(cli, 'executions.list', args.execution) }, options)
  },
})
