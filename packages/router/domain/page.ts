import { Fault } from '@xerotier/protocol/errors.ts'
import { uuidSchema } from '@xerotier/protocol/ids.ts'
import { type IdPrefix, isId } from './ids.ts'

export interface Page<Item> {
  object: 'list'
  data: Item[]
  has_more: boolean
  last_id: string | null
}

/** A page of what a query for `limit + 1` rows found: the row too many says that there is more. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  present: (row: Row) => Item,
  idOf: (item: Item) => string,
): Page<Item> {
  const data = rows.slice(0, limit).map(present)
  const last = data.at(-1)
  return { object: 'list', data, has_more: rows.length > limit, last_id: last === undefined ? null : idOf(last) }
}

/** @throws Fault invalid_request when the cursor of a list of UUIDs is none */
export function uuidCursor(after: string | undefined): string | undefined {
  return cursor(after, isUuid)
}

/**
 * @throws Fault invalid_request when the cursor is no such id: nobody knows what lies before
 * another text
 */
export function idCursor(prefix: IdPrefix, after: string | undefined): string | undefined {
  return cursor(after, (text) => isId(prefix, text))
}

function cursor(after: string | undefined, fits: (text: string) => boolean): string | undefined {
  if (after !== undefined && !fits(after)) {
    throw new Fault('invalid_request', { message: 'after: must be the `last_id` of a page', param: 'after' })
  }
  return after
}

export function isUuid(text: string): boolean {
  return uuidSchema.safeParse(text).success
}

/**
 * A comma-separated filter against the words that it may hold.
 * @throws Fault invalid_request that names the parameter and the word
 */
export function wordsOf<Word extends string>(
  text: string | undefined,
  param: string,
  words: readonly Word[],
): Word[] | undefined {
  if (text === undefined) return undefined
  return text.split(',').map((given) => {
    const word = words.find((one) => one === given.trim())
    if (word !== undefined) return word
    const message = `${param}: \`${given.trim()}\` is none of ${words.join(', ')}`
    throw new Fault('invalid_request', { message, param })
  })
}
