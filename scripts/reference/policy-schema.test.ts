import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { limits } from '@xerotier/protocol/limits.ts'
import { policyDocumentSchema } from '@xerotier/protocol/policy.ts'
import { compileJsonSchema } from '@xerotier/runtime/json-schema.ts'
import { readGuide } from '../../test/guides/guide.ts'
import { policySchemaFile, policySchemaName } from './policy-schema.ts'

const guide = readFileSync('docs/guides/approval-policies.md', 'utf8')
const examples = readGuide('approval-policies.md').blocks.flatMap(({ commands }) =>
  [...commands.matchAll(/<<'EOF'\n([\s\S]*?)\nEOF/g)].map(([, text = '']) => text),
)
const check = compileJsonSchema(JSON.parse(policySchemaFile()), 'strict')

test('the file says of each field of a policy what it is', () => {
  const { properties } = JSON.parse(policySchemaFile())
  for (const field of Object.keys(policyDocumentSchema.shape)) assert.ok(field in properties, field)
  assert.equal(properties.rules.maxItems, limits.policyRules)
})

test('the guide names the file, and each of its policies begins with it', () => {
  assert.ok(guide.includes(`../reference/${policySchemaName}`))
  assert.ok(examples.length > 0)
  for (const text of examples)
    assert.match(text, new RegExp(`^# yaml-language-server: \\$schema=.*${policySchemaName}\n`))
})

test('an editor that has the file sees what is wrong with a policy, and where', () => {
  const of = (more: object) => check({ name: 'p', ...more })
  assert.equal(of({}), undefined)
  const rich = {
    stages: [{ approvers: { groups: ['sre'], users: ['a@example.com'] }, quorum: 'each_group', tell: 'anyone' }],
    rules: [{ name: 'r', when: 'true', then: { risk: 'irreversible', require_reason: true } }],
    windows: [{ name: 'w', time_zone: 'UTC', times: [{ cron: '0 22 * * *', seconds: 3600 }], outside: 'wait' }],
    break_glass: {},
    self_approval: 'none',
  }
  assert.ok(policyDocumentSchema.safeParse(rich).success)
  assert.equal(of({ ...rich, workspace: 'prod', version: 3, note: 'why' }), undefined)
  for (const wrong of [
    { rule: [] },
    { rules: [{ name: 'r', when: 'true', then: { risks: 'write' } }] },
    { stages: [{ approvers: 'nobody' }] },
    { on_timeout_destructive: 'approve' },
    { timeout_seconds_destructive: 1 },
    { freezes: [{ name: 'f', time_zone: 'UTC', times: [], inside: 'refuse' }] },
  ])
    assert.notEqual(of(wrong), undefined, JSON.stringify(wrong))
})
