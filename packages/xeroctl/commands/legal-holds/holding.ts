// What every command that holds has in common.
import type { LegalHoldCreate } from '@xerotier/protocol/api/legal-holds.ts'
import type { Cli } from '../../cli.ts'
import { required, text } from '../../options.ts'
import { legalHoldRecord } from '../../views/legal-holds.ts'

export const holdOptions = {
  reason: required(text('Why, for the record', { aliases: ['note'] })),
  incident: text('The incident or case that it is for, its number or a link', { placeholder: 'id' }),
}

export async function hold(
  cli: Cli,
  target: Pick<LegalHoldCreate, 'execution' | 'project'>,
  given: { reason: string; incident: string | undefined },
): Promise<void> {
  const held = await cli.write('legalHolds.create', { body: { ...target, ...given } })
  if (held !== undefined) await cli.print.record(legalHoldRecord, held)
}

/** Releases exactly this. What is not held is as it should be. */
export async function release(cli: Cli, execution: string | null, name: string): Promise<void> {
  const found = cli.client().items('legalHolds.list', { query: execution === null ? {} : { execution } })
  for await (const { id, execution_id } of found) {
    if (execution_id !== execution) continue
    const released = await cli.write('legalHolds.release', { params: { id } })
    if (released !== undefined) await cli.print.record(legalHoldRecord, released)
    return
  }
  cli.say(`${name} is not held`)
}
