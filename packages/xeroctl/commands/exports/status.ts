import { command } from '../../command.ts'
import { exportRecord } from '../../views/exports.ts'

export const exportsStatus = command({
  name: 'status',
  summary: 'Show how far an export is',
  arguments: { export: 'Id' },
  examples: ['xeroctl exports status <id>'],
  async run({ cli, args }) {
    await cli.print.record(exportRecord, await cli.client().call('exports.show', { params: { id: args.export } }))
  },
})
