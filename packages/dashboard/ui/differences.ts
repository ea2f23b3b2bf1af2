// What is other in two values of JSON, path by path.

export interface Change {
  name: string
  /** As JSON; undefined where there was nothing. */
  before: string | undefined
  after: string | undefined
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
