// The official conformance cases of CEL, of all that rules can say: an update of the library must
// not change what a policy means. The cases come with the library.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CelResult,
  CelScalar,
  celEnv,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
  parse,
  plan,
} from '@bufbuild/cel'
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js'
import {
  getConformanceSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from '@bufbuild/cel-spec/testdata/tests.js'

/** What rules can use: of JSON, without messages of protobuf and without extensions. */
const sections = [
  ...['basic', 'comparisons', 'conversions', 'fields', 'fp_math', 'integer_math', 'lists', 'logic', 'macros'],
  ...['namespace', 'parse', 'plumbing', 'string', 'timestamps'],
]

/**
 * Where the library differs. Fields in backticks do not parse, so that no policy with them is
 * applied; a map literal takes 1 and 1.0 for two keys.
 */
const known = [
  ...['access_slash', 'access_dash', 'access_dot'].map((name) => `fields/quoted_map_fields/field_${name}`),
  ...['slash', 'dash', 'dot'].map((name) => `fields/quoted_map_fields/has_field_${name}`),
  'fields/qualified_identifier_resolution/map_value_repeat_key_heterogeneous',
]

test('the library evaluates what rules can say as the language says', () => {
  const suites = getConformanceSuite().suites.filter(({ name }) => sections.includes(name))
  assert.deepEqual(suites.map(({ name }) => name).toSorted(), sections.toSorted())
  const wrong: string[] = []
  let passed = 0
  for (const { path, one } of suites.flatMap((suite) => testsOf(suite, suite.name))) {
    const outcome = outcomeOf(one)
    if (outcome === 'passed') passed++
    else if (outcome === 'wrong') wrong.push(path)
  }
  assert.deepEqual(wrong, known)
  assert.ok(passed > 1_000, `${passed} cases were compared`)
})

function testsOf(suite: IncrementalTestSuite, path: string): { path: string; one: IncrementalTest }[] {
  const own = suite.tests.map((one) => ({ path: `${path}/${one.name}`, one }))
  return [...own, ...suite.suites.flatMap((inner) => testsOf(inner, `${path}/${inner.name}`))]
}

function outcomeOf({ original }: IncrementalTest): 'passed' | 'wrong' | 'of messages' {
  const { expr, bindings, resultMatcher, container, disableMacros, checkOnly } = original
  if (disableMacros || checkOnly || container !== '' || /TestAllTypes|google\.protobuf|proto[23]/.test(expr))
    return 'of messages'
  const given: Record<string, unknown> = {}
  for (const [name, { kind }] of Object.entries(bindings)) {
    const value = kind.case === 'value' ? nativeOf(kind.value) : undefined
    if (value === undefined) return 'of messages'
    given[name] = value.native
  }
  const expected = resultMatcher.case === 'value' ? nativeOf(resultMatcher.value) : undefined
  if (expected === undefined && resultMatcher.case !== 'evalError') return 'of messages'
  const said = evaluated(expr, given)
  if (expected === undefined) return said === 'error' ? 'passed' : 'wrong'
  return said === textOf(expected.native as CelResult) ? 'passed' : 'wrong'
}

function evaluated(expr: string, given: Record<string, unknown>): string {
  const variables = Object.fromEntries(Object.keys(given).map((name) => [name, CelScalar.DYN]))
  try {
    const root = parse(expr).expr
    if (root === undefined) return 'error'
    return textOf(plan(celEnv({ variables }), root)(given as never))
  } catch {
    return 'error'
  }
}

/** Undefined for what no rule meets: messages, types and enums. */
function nativeOf({ kind }: Value): { native: unknown } | undefined {
  switch (kind.case) {
    case 'nullValue':
      return { native: null }
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
    case 'bytesValue':
      return { native: kind.value }
    case 'listValue': {
      const members = kind.value.values.map(nativeOf)
      return members.every((one) => one !== undefined) ? { native: members.map(({ native }) => native) } : undefined
    }
    case 'mapValue': {
      const entries = kind.value.entries.map(
        ({ key, value }) => [key && nativeOf(key), value && nativeOf(value)] as const,
      )
      if (entries.some(([key, value]) => key === undefined || value === undefined)) return undefined
      return { native: new Map(entries.map(([key, value]) => [key?.native, value?.native])) }
    }
    default:
      return undefined
  }
}

function textOf(value: CelResult): string {
  if (isCelError(value)) return 'error'
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `int ${value}`
  if (typeof value === 'number') return `double ${Object.is(value, -0) ? '0' : value}`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (isCelUint(value)) return `uint ${value.value}`
  if (Array.isArray(value) || isCelList(value)) return `[${[...value].map((one) => textOf(one as CelResult)).join()}]`
  if (value instanceof Map || isCelMap(value))
    return `{${[...value.entries()]
      .map((entry) => entry.map((one) => textOf(one as CelResult)).join(':'))
      .sort()
      .join()}}`
  return `other ${String(value)}`
}
