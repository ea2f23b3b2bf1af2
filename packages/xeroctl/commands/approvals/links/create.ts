import { command } from '../../../command.ts'
import { required, text } from '../../../options.ts'
import { linkRecord } from '../../../views/approval-links.ts'

export const linksCreate = command({
  name: 'create',
  summary: 'Mail a one-time link to a member, who decides with it',
  arguments: { approval: 'Id' },
  offers: 'approvals',
  options: { user: required(text('Id or e-mail of the member', { placeholder: 'user' })) },
  notes: 'The link is in the mail alone: whoever else had it could vote as that person.',
  examples: ['xeroctl approvals links create <id> --user ann@example.com'],
  async run({ cli, args, options }) {
    const link = await cli.write('approvalLinks.create', { body: { approval: args.approval, user: options.user } })
    if (link !== undefined) await cli.print.record(linkRecord, link)
  },
})
