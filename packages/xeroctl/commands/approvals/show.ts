import { command } from '../../command.ts'
import { decisionHints } from '../../follow/decision-hints.ts'
import { approvalRecord } from '../../views/approvals.ts'
import { ofApproval } from '../../wrong-kind.ts'

export const approvalsShow = command({
  name: 'show',
  summary: 'Show what would run, its risk and when it times out',
  arguments: { approval: 'Id' },
  async run({ cli, args }) {
    const approval = await ofApproval(
      cli,
      args.approval,
      cli.client().call('approvals.show', { params: { id: args.approval } }),
    )
    await cli.print.record(approvalRecord, approval)
    if (approval.state === 'pending' && cli.surroundings.stdout.isTTY === true) {
      for (const line of decisionHints(cli.self, approval)) cli.say(line)
    }
  },
})
