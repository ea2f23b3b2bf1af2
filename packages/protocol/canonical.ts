// RFC 8785 (JSON Canonicalization Scheme): one text for one value, so that
// a digest of it means the value. ECMAScript's own number and string
// serialisation is what the RFC prescribes (§3.2.2), so only order is ours.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * The canonical text of a JSON value: members sorted by UTF-16 code units, no white space.
 * Members that are `undefined` are left out, as JSON.stringify does.
 * @throws TypeError for what JSON cannot hold: NaN, infinities, bigint, functions, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || value === true || value === false) return String(value)
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`)
      return JSON.stringify(value)
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('canonical JSON cannot hold a lone surrogate')
      return JSON.stringify(value)
    case 'object':
      break
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key)
    if (member !== undefined) members.push(`${canonicalJson(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}
