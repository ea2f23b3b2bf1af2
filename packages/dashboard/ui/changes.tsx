import type { ReactNode } from 'react'

export interface Change {
  name: string
  /** As JSON; undefined where there was nothing. */
  before: string | undefined
  after: string | undefined
}

/** What was, struck out, and what is. */
export function Changes({ changes, shown }: { changes: readonly Change[]; shown: (text: string) => ReactNode }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-[12.5px] max-sm:grid-cols-1">
      {changes.map(({ name, before, after }) => (
        <div key={name} className="contents">
          <dt className="max-w-60 font-mono break-all">{shown(name)}</dt>
          <dd className="min-w-0 break-words">
            {before !== undefined && (
              <del className="mr-2 rounded bg-bad-soft px-1 font-mono text-bad">{shown(before)}</del>
            )}
            {after !== undefined && (
              <ins className="rounded bg-good-soft px-1 font-mono text-good no-underline">{shown(after)}</ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Members in one order: `{a, b}` is no other value than `{b, a}`. */
export function jsonOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )
}

/** Path by path, as `rules.0.when`: members of objects, and lists by place. */
export function changesOf(before: unknown, after: unknown, path = ''): Change[] {
  if (jsonOf(before) === jsonOf(after)) return []
  if (!isParent(before) || !isParent(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ name: path, before: jsonOf(before), after: jsonOf(after) }]
  const [one, other] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) =>
    changesOf(one.get(name), other.get(name), path === '' ? name : `${path}.${name}`),
  )
}

const isParent = (value: unknown): value is object => typeof value === 'object' && value !== null
