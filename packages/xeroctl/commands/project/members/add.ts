import { command } from '../../../command.ts'
import { oneOf } from '../../../options.ts'
import { memberRecord } from '../../../views/members.ts'
import { vocabulary } from '../../../vocabulary.data.ts'

export const membersAdd = command({
  name: 'add',
  summary: 'Add somebody whom the router knows; invite others',
  arguments: { email: 'Their address' },
  options: { role: oneOf('Default: member', vocabulary.projectRoles) },
  examples: ['xeroctl project members add anna@example.com --role owner'],
  async run({ cli, args, options: { role } }) {
    const member = await cli.write('members.add', { body: { email: args.email, role } })
    if (member !== undefined) await cli.print.record(memberRecord, member)
  },
})
