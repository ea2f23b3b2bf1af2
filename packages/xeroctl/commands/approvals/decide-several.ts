// Several calls of one tool, decided at once. Whoever decides sees the arguments of each, and signs
// up to its digest.
import type { Approval, Decided } from '@xerotier/protocol/api/approvals.ts'
import { reviewedJson } from '@xerotier/protocol/reviewed.ts'
import type { Cli } from '../../cli.ts'
import { confirm } from '../../confirm.ts'
import { exitOfCode, UsageError } from '../../exit-codes.ts'
import { printable } from '../../output/cell.ts'
import { shortId, wholeId } from '../../short-id.ts'
import { decidedView } from '../../views/approvals.ts'
import { cutNote } from '../../views/arguments.ts'
import { ofApproval } from '../../wrong-kind.ts'

type Asked = Pick<Approval, 'id' | 'digest' | 'tool' | 'risk' | 'workspace' | 'args'>

/**
 * @returns the exit code: that of the first which could not be decided
 * @throws UsageError where they are not alike: before anything is sent
 */
export async function decideSeveral(
  cli: Cli,
  decision: 'approve' | 'reject',
  given: readonly string[],
  { yes, note }: { yes: boolean; note: string | undefined },
): Promise<number> {
  const asked: Asked[] = []
  for (const word of given) {
    const id = await wholeId(cli, 'approvals.list', word)
    asked.push(await ofApproval(cli, id, cli.client().call('approvals.show', { params: { id } })))
  }
  mustBeAlike(asked)
  const [first] = asked
  for (const { id, workspace, args } of asked) {
    cli.say(`${shortId(id)}  ${printable(workspace)}  ${printable(reviewedJson(args))}`)
    const cut = cutNote(args)
    if (cut !== undefined) cli.say(`${cut}; all of it: ${cli.self} approvals show ${id} -o json`)
  }
  await confirm(cli, `${decision === 'approve' ? 'Approve' : 'Reject'} these ${asked.length} of ${first?.tool}?`, yes)
  const approvals = asked.map(({ id, digest }) => ({ id, digest }))
  const answer = await cli.write('approvals.decide', { body: { decision, note, approvals } })
  if (answer === undefined) return 0
  await cli.print.list(decidedView, { data: answer.results, has_more: false, last_id: null })
  return exitOf(answer)
}

function mustBeAlike(asked: readonly Asked[]): void {
  const [first, ...others] = asked
  const other = others.find(({ tool, risk }) => tool !== first?.tool || risk !== first.risk)
  if (first !== undefined && other !== undefined)
    throw new UsageError(
      `${shortId(other.id)} is ${other.tool} (${other.risk}), and ${shortId(first.id)} is ${first.tool} (${first.risk})`,
      'Only calls of one tool and one risk are decided at once.',
    )
  if (first?.risk === 'irreversible')
    throw new UsageError(`${first.tool} cannot be undone`, 'Decide such calls one by one.')
}

function exitOf({ results }: Decided): number {
  const failed = results.find(({ error }) => error !== null)?.error
  return failed == null ? 0 : exitOfCode(failed.code)
}
