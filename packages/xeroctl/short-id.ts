// Ids of executions and approvals begin with the time of their making, so that their beginning
// names them: half of one fits a narrow terminal, and a beginning leads to the whole one without a
// search through everything.
import type { Item } from '@xerotier/client/call-types.ts'
import type { Cli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { readList } from './list-options.ts'

/** RFC 9562 UUID version 7: 48 bits of milliseconds, 12 of a counter. */
const whole = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const begun = /^[0-9a-f]{8}(-[0-9a-f-]{0,27})?$/

/** Milliseconds and counter: one router makes no two ids of the same. */
const enough = 18

/** The part that names it; ids of another form stay whole. */
export function shortId(id: string): string {
  return whole.test(id) ? id.slice(0, enough) : id
}

/**
 * The id that begins so; `given` itself when it is whole or when none does.
 * @throws UsageError when several do
 */
export async function wholeId(cli: Cli, kind: 'executions.list' | 'approvals.list', given: string): Promise<string> {
  if (whole.test(given) || !begun.test(given)) return given
  const between = { since: timeOf(given, '0', -spreadMs), until: timeOf(given, 'f', spreadMs) }
  const query = kind === 'approvals.list' ? { ...between, status: 'all' } : between
  const { data, has_more } = await readList<typeof kind>(cli, kind, { query }, { limit: most, after: undefined })
  const found = data.map(({ id }: Pick<Item<typeof kind>, 'id'>) => id).filter((id) => id.startsWith(given))
  if (found.length > 1 || (found.length === 1 && has_more)) {
    throw new UsageError(`${given} begins more than one id`, `Give more of it: ${found.slice(0, 5).join(', ')}.`)
  }
  return found[0] ?? given
}

/** A record may be dated a little before or after its id was made. */
const spreadMs = 2_000
const most = 1_000

function timeOf(begin: string, fill: string, spread: number): string {
  const digits = begin.replaceAll('-', '').slice(0, 12).padEnd(12, fill)
  return new Date(Number.parseInt(digits, 16) + spread).toISOString()
}
