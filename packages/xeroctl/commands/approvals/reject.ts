import { command } from '../../command.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsReject = command({
  name: 'reject',
  summary: 'Reject the call',
  arguments: { approval: 'Id' },
  options: noteOption,
  examples: ['xeroctl approvals reject <id> --note "wrong node"'],
  async run({ cli, args, options }) {
    const deciding = cli.write('approvals.reject', { params: { id: args.approval }, body: options })
    await printDecision(cli, await ofApproval(cli, args.approval, deciding))
  },
})
