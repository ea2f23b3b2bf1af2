// What differs between two documents, by the path of each place.
import type { PolicyDifference } from '@xerotier/protocol/api/policies.ts'
import { canonicalJson } from '@xerotier/protocol/canonical.ts'
import { isRecord } from '@xerotier/protocol/record.ts'

/**
 * Things of a list that have names of their own are compared by these, and their order by itself:
 * who is asked first stands in no field.
 */
export function differencesOf(before: unknown, after: unknown, path = ''): PolicyDifference[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, fresh] = [byName(before), byName(after)]
    const moves = moved([...old.keys()], [...fresh.keys()], path)
    return [...moves, ...differencesOf(Object.fromEntries(old), Object.fromEntries(fresh), path)]
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => differencesOf(before[key], after[key], path === '' ? key : `${path}.${key}`))
  }
  return canonicalOf(before) === canonicalOf(after) ? [] : [{ path, before: before ?? null, after: after ?? null }]
}

/** In any order of its fields: a database gives them back in its own. */
function canonicalOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value)
}

/** One that has no name, or that of another before it, goes by its place. */
function byName(list: unknown[]): Map<string, unknown> {
  const named = new Map<string, unknown>()
  for (const [at, item] of list.entries()) {
    const name = isRecord(item) && typeof item.name === 'string' ? item.name : ''
    named.set(name === '' || named.has(name) ? String(at) : name, item)
  }
  return named
}

function moved(before: string[], after: string[], path: string): PolicyDifference[] {
  const old = before.filter((name) => after.includes(name))
  const fresh = after.filter((name) => before.includes(name))
  return old.every((name, at) => fresh[at] === name) ? [] : [{ path: `${path} (order)`, before: old, after: fresh }]
}
