// Approve and reject differ in one word and one option.
import type { Approval } from '@xerotier/protocol/api/approvals.ts'
import type { Cli } from '../../cli.ts'
import { text, toggle } from '../../options.ts'
import { printable } from '../../output/cell.ts'
import { approvalRecord } from '../../views/approvals.ts'

export const noteOption = {
  note: text('Why; kept with the decision and shown', { aliases: ['reason'] }),
}

export const severalOption = {
  yes: toggle('With several: do not ask', { short: 'y' }),
}

export async function printDecision(cli: Cli, approval: Approval | undefined): Promise<void> {
  if (approval === undefined) return
  if (cli.format !== 'table' && cli.format !== 'wide') return cli.print.record(approvalRecord, approval)
  const decided = `${approval.state}: ${approval.tool} in ${approval.workspace} (approval ${approval.id})`
  await cli.print.text(`${printable(decided)}\n`)
  for (const need of approval.needs) cli.say(`still needed: ${need}`)
  if (approval.runs_at !== null) cli.say(`it runs at ${approval.runs_at}`)
  if (approval.state === 'approved') cli.say(`follow it with: ${cli.self} exec watch ${approval.execution_id}`)
}
