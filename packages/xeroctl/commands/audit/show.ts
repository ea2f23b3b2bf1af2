import { command } from '../../command.ts'
import { auditRecordDetail } from '../../views/audit.ts'

export const auditShow = command({
  name: 'show',
  summary: 'Show a record, with the proof that it is in the sealed log',
  arguments: { record: 'Id' },
  examples: ['xeroctl audit show <id>', 'xeroctl audit show <id> -o json'],
  async run({ cli, args }) {
    const record = await cli.client().call('audit.record', { params: { id: args.record } })
    await cli.print.record(auditRecordDetail, record)
  },
})
