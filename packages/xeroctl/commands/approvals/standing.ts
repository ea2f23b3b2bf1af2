import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { standingRecord } from '../../views/standing.ts'
import { ofApproval } from '../../wrong-kind.ts'

export const approvalsStanding = command({
  name: 'standing',
  summary: 'Say whether you may approve or reject, and why not',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  async run({ cli, args }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const standing = await ofApproval(cli, id, cli.client().call('approvals.standing', { params: { id } }))
    await cli.print.record(standingRecord, standing)
  },
})
