// Lists: keyset pages on the server, as many as it takes for --limit.
import type { CallInput, Item, LooseInput, PageId } from '@xerotier/client/call-types.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import type { Cli } from './cli.ts'
import { number, text } from './options.ts'
import type { List } from './output/printer.ts'

const mostRows = 10_000

export const listOptions = {
  limit: number(`How many; default ${limits.pageDefault}, at most ${mostRows}`, { min: 1, max: mostRows }),
  after: text('Start behind this id', { placeholder: 'id' }),
}

/** Of what a project has set up: who lists it wants all of it. */
export const wholeListOptions = {
  ...listOptions,
  limit: number(`How many; default all, at most ${mostRows}`, { min: 1, max: mostRows }),
}

/** Reads every page, unless `limit` says how many items to read. */
export function readWholeList<Id extends PageId>(
  cli: Cli,
  id: Id,
  input: CallInput<Id>,
  options: { limit: number | undefined; after: string | undefined },
): Promise<List<Item<Id>>> {
  return readList(cli, id, input, { ...options, limit: options.limit ?? mostRows })
}

/** Reads as many pages as `limit` takes; by default one. */
export async function readList<Id extends PageId>(
  cli: Cli,
  id: Id,
  input: CallInput<Id>,
  options: { limit: number | undefined; after: string | undefined },
): Promise<List<Item<Id>>> {
  const data: Item<Id>[] = []
  const given: LooseInput = input
  let after = options.after
  for (let left = options.limit ?? limits.pageDefault; ; ) {
    const query = { ...given.query, limit: Math.min(left, limits.pageMax), after }
    // The page's own type is lost in the generic id; PageId guarantees its shape.
    const page = (await cli.client().call(id, ...([{ ...input, query }] as never))) as List<Item<Id>>
    data.push(...page.data)
    left -= page.data.length
    after = page.last_id ?? undefined
    if (left <= 0 || !page.has_more || after === undefined)
      return { data, has_more: page.has_more, last_id: page.last_id }
  }
}
