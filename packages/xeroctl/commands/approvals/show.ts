import { command } from '../../command.ts'
import { decisionHints } from '../../follow/decision-hints.ts'
import { wholeId } from '../../short-id.ts'
import { approvalRecord } from '../../views/approvals.ts'
import { ofApproval } from '../../wrong-kind.ts'

export const approvalsShow = command({
  name: 'show',
  summary: 'Show what would run, its risk and when it times out',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  async run({ cli, args }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const approval = await ofApproval(cli, id, cli.client().call('approvals.show', { params: { id } }))
    await cli.print.record(approvalRecord, approval)
    if (approval.state === 'pending' && cli.surroundings.stdout.isTTY === true) {
      for (const line of decisionHints(cli.self, approval)) cli.say(line)
    }
  },
})
