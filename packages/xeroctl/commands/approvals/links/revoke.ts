import { command } from '../../../command.ts'
import { linkRecord } from '../../../views/approval-links.ts'

export const linksRevoke = command({
  name: 'revoke',
  summary: 'Revoke a one-time link that was not used',
  arguments: { link: 'Id' },
  examples: ['xeroctl approvals links revoke <link-id>'],
  async run({ cli, args }) {
    const link = await cli.write('approvalLinks.revoke', { params: { id: args.link } })
    if (link !== undefined) await cli.print.record(linkRecord, link)
  },
})
