import { command } from '../../command.ts'
import { required, text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { approvalRecord } from '../../views/approvals.ts'
import { ofApproval } from '../../wrong-kind.ts'

export const approvalsReview = command({
  name: 'review',
  summary: 'Say that a call which an owner ran alone was looked at',
  arguments: { approval: 'Id' },
  options: { note: required(text('What was found')) },
  notes: 'Those that are due: approvals list --status all --review due.',
  examples: ['xeroctl approvals review <id> --note "right, and the runbook says so now"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const approval = await ofApproval(cli, id, cli.write('approvals.review', { params: { id }, body: options }))
    if (approval !== undefined) await cli.print.record(approvalRecord, approval)
  },
})
