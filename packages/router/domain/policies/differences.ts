// What differs between two documents, by the path of each place.
import type { PolicyDifference } from '@xerotier/protocol/api/policies.ts'
import { isRecord } from '@xerotier/protocol/record.ts'

/** Lists of things that have names are compared by their names. */
export function differencesOf(before: unknown, after: unknown, path = ''): PolicyDifference[] {
  if (Array.isArray(before) && Array.isArray(after)) return differencesOf(byName(before), byName(after), path)
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => differencesOf(before[key], after[key], path === '' ? key : `${path}.${key}`))
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [{ path, before: before ?? null, after: after ?? null }]
}

function byName(list: unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    list.map((item, at) => [isRecord(item) && typeof item.name === 'string' ? item.name : String(at), item]),
  )
}
