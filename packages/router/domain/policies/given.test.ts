import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyInput } from '@xerotier/protocol/policy.ts'
import { documentOf } from '../policy/policy.fixture.ts'
import { compileGiven } from './given.ts'

const given = (input: PolicyInput) => compileGiven(documentOf(input))
const anna = { users: ['anna@example.com'] }

test('a quorum of more than are named is refused where it stands', async () => {
  const twice = { users: ['anna@example.com', 'Anna@Example.com'] }
  const wrong: [PolicyInput, string][] = [
    [{ stages: [{ approvers: anna, quorum: 3 }] }, 'stages[0].quorum'],
    [{ quorum: 2, stages: [{ approvers: twice }] }, 'stages[0].quorum'],
    [{ stages: [{ approvers: anna }, { approvers: { service_keys: ['robot'] }, quorum: 3 }] }, 'stages[1].quorum'],
    [{ rules: [{ name: 'a', when: 'true', then: { approvers: anna, quorum: 2 } }] }, 'rules[0].then.quorum'],
    [{ approvers_destructive: { approvers: anna, quorum: 2 } }, 'approvers_destructive.quorum'],
  ]
  for (const [input, param] of wrong) await assert.rejects(given(input), { code: 'policy_invalid', param })
  const message = 'stages[0].quorum: 3 are wanted, and 1 is named.'
  await assert.rejects(given({ stages: [{ approvers: anna, quorum: 3 }] }), { message })
})

test('a quorum that those of earlier stages, or a group, can fill is taken', async () => {
  const right: PolicyInput[] = [
    { stages: [{ approvers: anna }, { approvers: { service_keys: ['robot'] }, quorum: 2 }] },
    { stages: [{ approvers: { ...anna, groups: ['sre'] }, quorum: 3 }] },
    { stages: [{ approvers: { roles: ['owner'] }, quorum: 3 }] },
    { stages: [{ approvers: 'anyone', quorum: 3 }] },
  ]
  for (const input of right) await given(input)
})
