import { command } from '../../command.ts'
import { text } from '../../options.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsApprove = command({
  name: 'approve',
  summary: 'Approve exactly this call',
  arguments: { approval: 'Id' },
  options: {
    ...noteOption,
    confirm: text('Name of the tool, typed; needed for an irreversible call', { placeholder: 'tool-name' }),
  },
  examples: [
    'xeroctl approvals approve <id> --note "seen, in the change window"',
    'xeroctl approvals approve <id> --confirm openstack_server_delete',
  ],
  async run({ cli, args, options }) {
    await printDecision(cli, await cli.write('approvals.approve', { params: { id: args.approval }, body: options }))
  },
})
