import { command } from '../../../command.ts'
import { memberRecord } from '../../../views/members.ts'

export const membersShow = command({
  name: 'show',
  summary: 'Show a member',
  arguments: { member: 'E-mail or id' },
  offers: 'members',
  examples: ['xeroctl project members show anna@example.com'],
  async run({ cli, args }) {
    await cli.print.record(memberRecord, await cli.client().call('members.show', { params: { id: args.member } }))
  },
})
