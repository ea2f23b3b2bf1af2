import { command } from '../../command.ts'
import { confirm } from '../../confirm.ts'
import { toggle } from '../../options.ts'
import { exportRecord } from '../../views/exports.ts'

export const exportsDelete = command({
  name: 'delete',
  summary: 'Delete an export and its archive; one that is being made is given up',
  arguments: { export: 'Id' },
  options: { yes: toggle('Do not ask', { short: 'y' }) },
  examples: ['xeroctl exports delete <id> --yes'],
  async run({ cli, args, options }) {
    await confirm(cli, `Delete export '${args.export}' and its archive?`, options.yes)
    const gone = await cli.write('exports.delete', { params: { id: args.export } })
    if (gone !== undefined) await cli.print.record(exportRecord, gone)
  },
})
