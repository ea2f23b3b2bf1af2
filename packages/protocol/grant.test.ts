import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical.ts'
import { callText } from './grant.ts'
import { risks } from './risk.ts'

test('the text of a call is the canonical JSON of its parts', () => {
  const text = fc.string({ unit: 'grapheme' })
  const tuple = fc.record({
    execution_id: text,
    project_id: text,
    workspace_id: text,
    tool: text,
    schema_digest: text,
    args: fc.dictionary(text, fc.jsonValue({ noUnicodeString: false })),
    risk: fc.constantFrom(...risks),
    policy_version: fc.nat(),
    credentials_ref: fc.option(text),
  })
  fc.assert(fc.property(tuple, (call) => assert.equal(callText(call), canonicalJson({ v: 2, ...call }))))
})
