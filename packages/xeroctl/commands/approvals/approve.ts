import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import { reviewedJson } from '@xerotier/protocol/reviewed.ts'
import type { Cli } from '../../cli.ts'
import { command } from '../../command.ts'
import { ask, isAnswered } from '../../confirm.ts'
import { UsageError } from '../../exit-codes.ts'
import { text } from '../../options.ts'
import { printable } from '../../output/cell.ts'
import { relativeTime, timeSince } from '../../output/time.ts'
import { wholeId } from '../../short-id.ts'
import { actorInFull } from '../../views/actor.ts'
import { cutNote } from '../../views/arguments.ts'
import { ofApproval } from '../../wrong-kind.ts'
import { noteOption, printDecision, severalOption } from './decide.ts'
import { decideSeveral } from './decide-several.ts'

export const approvalsApprove = command({
  name: 'approve',
  summary: 'Approve exactly this call, or several of one tool',
  arguments: { 'approval...': 'Id; several of one tool and risk, if they can be undone' },
  offers: 'approvals',
  options: {
    ...noteOption,
    ...severalOption,
    confirm: text('Name of the tool, for an irreversible call; on a terminal it is asked for', {
      placeholder: 'tool-name',
    }),
  },
  examples: [
    'xeroctl approvals approve <id> --note "seen, in the change window"',
    'xeroctl approvals approve <id> --confirm openstack_server_delete',
    'xeroctl approvals approve <id> <id> <id> --note "one wave"',
  ],
  async run({ cli, args: { approval: given }, options: { yes, note, confirm: typed } }) {
    if (given.length > 1) {
      if (typed !== undefined) throw new UsageError('--confirm goes with one approval')
      return decideSeveral(cli, 'approve', given, { yes, note })
    }
    const id = await wholeId(cli, 'approvals.list', given[0])
    const confirm = typed ?? (await typedName(cli, id))
    const body = { note, confirm }
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
  const cut = cutNote(approval.args)
  if (cut !== undefined) cli.say(`${cut}; all of it: ${cli.self} approvals show ${id} -o json`)
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
