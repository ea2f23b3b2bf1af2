import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { ask, isAnswered } from '../../confirm.ts'
import { text } from '../../options.ts'
import { printable } from '../../output/cell.ts'
import { wholeId } from '../../short-id.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsApprove = command({
  name: 'approve',
  summary: 'Approve exactly this call',
  arguments: { approval: 'Id' },
  options: {
    ...noteOption,
    confirm: text('Name of the tool, for an irreversible call; on a terminal it is asked for', {
      placeholder: 'tool-name',
    }),
  },
  examples: [
    'xeroctl approvals approve <id> --note "seen, in the change window"',
    'xeroctl approvals approve <id> --confirm openstack_server_delete',
  ],
  async run({ cli, args, options }) {
    const id = await wholeId(cli, 'approvals.list', args.approval)
    const confirm = options.confirm ?? (await typedName(cli, id))
    const body = { ...options, confirm }
    const deciding = cli.write('approvals.approve', { params: { id }, body })
    await printDecision(cli, await ofApproval(cli, id, deciding))
  },
})

/** What a person types where the call wants its tool's name and somebody can type it. The router compares. */
async function typedName(cli: Cli, id: string): Promise<string | undefined> {
  if (!isAnswered(cli) || cli.globals.dryRun) return undefined
  const approval = await ofApproval(cli, id, cli.client().call('approvals.show', { params: { id } }))
  if (approval.state !== 'pending' || approval.confirm === null) return undefined
  cli.say(printable(`${approval.prompt} in ${approval.workspace}`))
  cli.say(printable(`Arguments: ${JSON.stringify(approval.args)}`))
  const typed = await ask(cli, `It is ${approval.risk}. Type the name of the tool to approve it: `)
  return typed.trim() || undefined
}
