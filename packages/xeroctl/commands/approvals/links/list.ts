import { command } from '../../../command.ts'
import { listOptions, readList } from '../../../list-options.ts'
import { text } from '../../../options.ts'
import { linkView } from '../../../views/approval-links.ts'

export const linksList = command({
  name: 'list',
  summary: 'List one-time links: who has one, and what became of it',
  options: { approval: text('Of one approval', { placeholder: 'id', live: 'approvals' }), ...listOptions },
  examples: ['xeroctl approvals links', 'xeroctl approvals links list --approval <id>'],
  async run({ cli, options }) {
    const query = { approval: options.approval }
    await cli.print.list(linkView, await readList(cli, 'approvalLinks.list', { query }, options))
  },
})
