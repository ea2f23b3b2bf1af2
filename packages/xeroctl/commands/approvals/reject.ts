import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsReject = command({
  name: 'reject',
  summary: 'Reject the call',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  options: noteOption,
  examples: ['xeroctl approvals reject <id> --note "wrong node"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const deciding = cli.write('approvals.reject', { params: { id }, body: options })
    await printDecision(cli, await ofApproval(cli, id, deciding))
  },
})
