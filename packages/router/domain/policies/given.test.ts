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
    [{ stages: [{ approvers: anna, quorum: 3 }] }, 'stages.0.quorum'],
    [{ quorum: 2, stages: [{ approvers: twice }] }, 'stages.0.quorum'],
    [{ stages: [{ approvers: anna }, { approvers: { service_keys: ['robot'] }, quorum: 3 }] }, 'stages.1.quorum'],
    [{ rules: [{ name: 'a', when: 'true', then: { approvers: anna, quorum: 2 } }] }, 'rules.0.then.quorum'],
    [{ approvers_destructive: { approvers: anna, quorum: 2 } }, 'approvers_destructive.quorum'],
  ]
  for (const [input, param] of wrong) await assert.rejects(given(input), { code: 'policy_invalid', param })
  const message = 'stages.0.quorum: 3 are wanted, and 1 is named.'
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

test('a date or a time of day that there is not is refused where it stands', async () => {
  const spanOf = (from: string, until: string) => ({ name: 'x', time_zone: 'Europe/Berlin', times: [{ from, until }] })
  const wrong: [from: string, until: string, end: string, message: RegExp][] = [
    ['2030-02-30T00:00', '2030-03-09T00:00', 'from', /there is no 2030-02-30T00:00\.$/],
    ['2029-02-29T00:00:00', '2030-03-09T00:00', 'from', /there is no 2029-02-29T00:00:00\.$/],
    ['2030-01-01T00:00', '2030-01-01T24:59', 'until', /there is no 2030-01-01T24:59\.$/],
    ['2030-01-01T00:00', '2030-13-01T00:00', 'until', /there is no 2030-13-01T00:00\.$/],
  ]
  for (const [from, until, end, message] of wrong) {
    const window = { ...spanOf(from, until), outside: 'ask' as const }
    const refused = { code: 'policy_invalid', param: `windows.0.times.0.${end}`, message }
    await assert.rejects(given({ windows: [window] }), refused)
    const freeze = { ...spanOf(from, until), inside: 'ask' as const }
    await assert.rejects(given({ freezes: [freeze] }), { param: `freezes.0.times.0.${end}`, message })
  }
  // One that the clocks leave out is there: it is the time after the gap.
  const skipped = spanOf('2028-02-29T00:00', '2028-03-26T02:30:00')
  await given({ freezes: [{ ...skipped, inside: 'ask' }] })
})
