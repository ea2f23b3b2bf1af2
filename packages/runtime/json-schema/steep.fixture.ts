// Schemas and arguments that together ask for far more than either is large: the product of both,
// or exponentially much. All are within what a call may have.

const numbers = Array.from({ length: 40_000 }, (_, nth) => nth)
const names = Object.fromEntries(numbers.slice(0, 18_000).map((nth) => [`k${nth}`, nth]))
const text = 'a'.repeat(200_000)
const thousand = (rules: object) => ({ anyOf: Array.from({ length: 1000 }, () => rules) })
const patterns = Object.fromEntries(numbers.slice(0, 500).map((nth) => [`a${nth}$`, {}]))
const way = { allOf: [{ properties: { in: { $ref: '#/$defs/node' } } }, { required: ['never'] }] }

export function nested(depth: number, inner: unknown = {}): unknown {
  return depth === 0 ? inner : { in: nested(depth - 1, inner) }
}

/** What may be looked at in exponentially many ways. */
export const everyWay = { anyOf: [way, way] }

const values: Record<string, [rules: object, value: unknown]> = {
  'exponentially many ways': [{ $ref: '#/$defs/node' }, nested(29)],
  'a reference to itself': [{ allOf: [{ $ref: '#/properties/value' }] }, {}],
  'a reference to itself, dynamically': [{ $dynamicAnchor: 'a', allOf: [{ $dynamicRef: '#a' }] }, {}],
  characters: [thousand({ minLength: 150_001, not: {} }), text],
  'names that are counted': [thousand({ minProperties: 1e6 }), names],
  'names that are matched': [{ patternProperties: patterns }, names],
  'names that are checked': [thousand({ propertyNames: { maxLength: 6 }, not: {} }), names],
  'items that are compared': [thousand({ uniqueItems: true, not: {} }), numbers],
  'items that are looked for': [thousand({ contains: { const: 'x' } }), numbers],
  'values that are compared': [thousand({ enum: [[0], [1]] }), names],
  'a text that is matched': [thousand({ pattern: '^(a?){50}a{50}$' }), text],
  'what nobody has looked at': [{ ...thousand({ additionalProperties: true }), unevaluatedProperties: false }, names],
}

export const steep: { what: string; schema: Record<string, unknown>; args: Record<string, unknown> }[] = Object.entries(
  values,
).map(([what, [rules, value]]) => ({
  what,
  schema: { type: 'object', $defs: { node: everyWay }, properties: { value: rules } },
  args: { value },
}))
