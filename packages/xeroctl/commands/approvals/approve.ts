import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { reviewedJson } from '@xerotier/protocol/reviewed.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { ask, isAnswered } from '../../confirm.ts'
import { text } from '../../options.ts'
import { printable } from '../../output/cell.ts'
import { relativeTime, timeSince } from '../../output/time.ts'
import { wholeId } from '../../short-id.ts'
import { actorInFull } from '../../views/actor.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision } from './decide.ts'

export const approvalsApprove = command({
  name: 'approve',
  summary: 'Approve exactly this call',
  arguments: { approval: 'Id' },
  offers: 'approvals',
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

/**
 * What a person types where the call wants its tool's name and somebody can type it. The router
 * compares.
 */
async function typedName(cli: Cli, id: string): Promise<string | undefined> {
  if (!isAnswered(cli) || cli.globals.dryRun) return undefined
  const approval = await ofApproval(cli, id, cli.client().call('approvals.show', { params: { id } }))
  if (approval.state !== 'pending' || approval.confirm === null) return undefined
  for (const [label, value] of factsOf(approval, cli.clock.now())) cli.say(`${label.padEnd(13)}${printable(value)}`)
  const typed = await ask(cli, `It is ${approval.risk}. Type the name of the tool to approve it: `)
  return typed.trim() || undefined
}

/** What is decided on, each thing once: the prompt of the record says some of it again. */
function factsOf(approval: Approval, now: number): [label: string, value: string][] {
  return [
    ['Tool:', approval.tool],
    ['Workspace:', approval.workspace],
    ['Runs on:', approval.agents.map(({ name }) => name).join(', ') || 'no agent that is online'],
    ...(approval.credentials_ref === null ? [] : [['With:', approval.credentials_ref] satisfies [string, string]]),
    ['Arguments:', reviewedJson(approval.args)],
    [
      'Asked by:',
      `${actorInFull(approval.requested_by, approval.requested_by_name)}, ${timeSince(approval.requested_at, now)}`,
    ],
    ['Reason:', approval.reason ?? 'none given'],
    ['Times out:', relativeTime(approval.expires_at, now)],
  ]
}
