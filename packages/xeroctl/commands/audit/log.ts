import { command } from '../../command.ts'
import { auditLogRecord } from '../../views/audit.ts'

export const auditLog = command({
  name: 'log',
  summary: 'Show how far the log is sealed, and the key that verifies it',
  notes: 'Keep the verifier key where the router cannot reach: `audit verify --key` takes it.',
  examples: ['xeroctl audit log', 'xeroctl audit log -o json'],
  async run({ cli }) {
    await cli.print.record(auditLogRecord, await cli.client().call('audit.log'))
  },
})
