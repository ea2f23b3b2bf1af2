import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyFileJsonSchema } from '@xerotier/protocol/policy.ts'
import { blankOf, type Schema, variantOf } from './json-schema.ts'

test('a form begins with what the schema says, and with what is needed', () => {
  const { properties = {} }: Schema = policyFileJsonSchema()
  assert.deepEqual(blankOf(properties.rules?.items ?? {}), { name: '', when: '', then: {} })
  assert.deepEqual(blankOf(properties.stages?.items ?? {}), { approvers: 'anyone' })
  assert.equal(blankOf(properties.quorum ?? {}), 1)
})

test('a value is of the kind that it looks like', () => {
  const { properties = {} }: Schema = policyFileJsonSchema()
  const approvers = properties.stages?.items?.properties?.approvers?.anyOf ?? []
  assert.equal(variantOf(approvers, 'anyone'), 0)
  assert.equal(variantOf(approvers, { groups: ['sre'] }), 1)
  const times = properties.windows?.items?.properties?.times?.items?.anyOf ?? []
  assert.equal(variantOf(times, { cron: '0 8 * * 1', seconds: 3600 }), 0)
  assert.equal(variantOf(times, { from: '2026-12-24T18:00', until: '2026-12-27T08:00' }), 1)
  assert.equal(variantOf(times, 'neither'), 0)
})
