import { command } from '../../command.ts'
import { hold, holdOptions } from '../legal-holds/holding.ts'

export const projectHold = command({
  name: 'hold',
  summary: 'Remove nothing of the project, however old it is, until it is released',
  options: holdOptions,
  examples: ['xeroctl project hold --reason "evidence in case 7/2026" --incident INC-42'],
  async run({ cli, options }) {
    await hold(cli, { project: true }, options)
  },
})
