import { command } from '../../command.ts'
import { required, text } from '../../options.ts'
import { wholeId } from '../../short-id.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { printDecision } from './decide.ts'

export const approvalsBreakGlass = command({
  name: 'break-glass',
  summary: 'Run the call now without its approvals, as an owner; a review is due afterwards',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  options: {
    reason: required(text('Why it cannot wait; everybody who is skipped reads it', { aliases: ['note'] })),
    confirm: text('Name of the tool, for an irreversible call', { placeholder: 'tool-name' }),
  },
  examples: ['xeroctl approvals break-glass <id> --reason "the disk is full, nobody answers"'],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const breaking = cli.write('approvals.breakGlass', { params: { id }, body: options })
    const approval = await ofApproval(cli, id, breaking)
    await printDecision(cli, approval)
    if (approval?.review_due_at != null) cli.say(`a review is due: ${cli.self} approvals review ${id} --note <text>`)
  },
})
