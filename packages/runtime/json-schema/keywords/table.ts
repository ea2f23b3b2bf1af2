// Every keyword of draft 2020-12, in the order in which a flaw is told.
import type { Check, Context } from '../context.ts'
import * as arrays from './arrays.ts'
import * as branches from './branches.ts'
import * as objects from './objects.ts'
import * as values from './values.ts'

type Compile = (argument: unknown, context: Context) => Check | undefined

const inOrder: readonly (readonly [string, Compile])[] = [
  ['$async', objects.isAsync],
  ['type', values.type],
  ['enum', values.enumeration],
  ['const', values.constant],
  ['maximum', values.bound('maximum', '<=', (value, most) => value <= most)],
  ['minimum', values.bound('minimum', '>=', (value, least) => value >= least)],
  ['exclusiveMaximum', values.bound('exclusiveMaximum', '<', (value, most) => value < most)],
  ['exclusiveMinimum', values.bound('exclusiveMinimum', '>', (value, least) => value > least)],
  ['multipleOf', values.multipleOf],
  ['maxLength', values.maxLength],
  ['minLength', values.minLength],
  ['pattern', values.pattern],
  ['format', values.format],
  ['maxItems', arrays.maxItems],
  ['minItems', arrays.minItems],
  ['maxProperties', objects.maxProperties],
  ['minProperties', objects.minProperties],
  ['required', objects.required],
  ['dependentRequired', objects.dependentRequired],
  ['propertyNames', objects.propertyNames],
  ['additionalProperties', objects.additionalProperties],
  ['properties', objects.properties],
  ['patternProperties', objects.patternProperties],
  ['prefixItems', arrays.prefixItems],
  ['items', arrays.items],
  ['contains', arrays.contains],
  ['uniqueItems', arrays.uniqueItems],
  ['$ref', branches.reference],
  ['$recursiveRef', branches.reference],
  ['$dynamicRef', branches.dynamicReference],
  ['not', branches.not],
  ['anyOf', branches.anyOf],
  ['oneOf', branches.oneOf],
  ['allOf', branches.allOf],
  ['if', branches.conditional],
  ['dependentSchemas', objects.dependentSchemas],
  ['dependencies', objects.dependencies],
  // They look at what the others have left.
  ['unevaluatedItems', arrays.unevaluatedItems],
  ['unevaluatedProperties', objects.unevaluatedProperties],
]

export interface Keyword {
  name: string
  order: number
  compile: Compile
}

export const keywords: ReadonlyMap<string, Keyword> = new Map(
  inOrder.map(([name, compile], order) => [name, { name, order, compile }]),
)

/** Those that a keyword above reads, and those that say something to readers only. */
export const annotations: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
  '$vocabulary',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  'examples',
  'contentMediaType',
  'contentEncoding',
  'contentSchema',
  'nullable',
  'then',
  'else',
  'minContains',
  'maxContains',
])
