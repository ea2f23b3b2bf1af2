import { command } from '../../command.ts'
import { oneOf, required, text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { approvalRecord } from '../../views/approvals.ts'
import { ofApproval } from '../../wrong-kind.ts'

export const approvalsRecommend = command({
  name: 'recommend',
  summary: 'Say what those who decide should do; it decides nothing',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  options: {
    recommendation: required(oneOf('What they should do', ['approve', 'reject'])),
    note: required(text('Why', { aliases: ['reason'] })),
    digest: text('Of the call that was looked at; another one is refused'),
  },
  notes: 'For the key of a model or a check. It fills no place of any stage, whoever gives it.',
  examples: ['xeroctl approvals recommend <id> --recommendation reject --note "drains the last node of the zone"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const said = cli.write('approvals.recommend', { params: { id }, body: options })
    const approval = await ofApproval(cli, id, said)
    if (approval !== undefined) await cli.print.record(approvalRecord, approval)
  },
})
