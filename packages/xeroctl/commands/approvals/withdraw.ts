import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsWithdraw = command({
  name: 'withdraw',
  summary: 'Take back your approval while others are still needed',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  options: noteOption,
  examples: ['xeroctl approvals withdraw <id> --note "not before the backup"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const withdrawing = cli.write('approvals.withdraw', { params: { id }, body: options })
    await printDecision(cli, await ofApproval(cli, id, withdrawing))
  },
})
