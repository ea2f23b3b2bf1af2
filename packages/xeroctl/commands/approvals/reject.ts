import { command } from '../../command.ts'
import { wholeId } from '../../short-id.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision, severalOption } from './decide.ts'
import { decideSeveral } from './decide-several.ts'

export const approvalsReject = command({
  name: 'reject',
  summary: 'Reject the call, or several of one tool',
  arguments: { 'approval...': 'Id; several of one tool and risk, if they can be undone' },
  offers: 'approvals',
  options: { ...noteOption, ...severalOption },
  examples: ['xeroctl approvals reject <id> --note "wrong node"', 'xeroctl approvals reject <id> <id> --yes'],
  async run({ cli, args: { approval: given }, options: { yes, note } }) {
    if (given.length > 1) return decideSeveral(cli, 'reject', given, { yes, note })
    const id = await wholeId(cli, 'approvals.list', given[0])
    const deciding = cli.write('approvals.reject', { params: { id }, body: { note } })
    await printDecision(cli, await ofApproval(cli, id, deciding))
  },
})
