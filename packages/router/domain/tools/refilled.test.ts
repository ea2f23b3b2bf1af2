import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretMark } from '@xerotier/protocol/secrets.ts'
import { refilled } from './refilled.ts'

const mark = secretMark('a'.repeat(64))
const recorded = { user: 'anna', password: mark, hosts: [{ name: 'a', token: mark }] }
const given = { password: { any: 'thing' }, hosts: { 0: { token: 't' } } }

test('the secrets that are given again stand where their marks are, and nothing else changes', () => {
  assert.deepEqual(refilled(recorded, given), {
    user: 'anna',
    password: { any: 'thing' },
    hosts: [{ name: 'a', token: 't' }],
  })
  assert.equal(refilled({ user: 'anna' }, {}).user, 'anna')
})

const refused: [given: Record<string, unknown>, param: string, message: RegExp][] = [
  [{}, 'args.password', /was secret and is kept nowhere: give it again/],
  [{ password: 'x' }, 'args.hosts.0.token', /give it again/],
  [{ ...given, user: 'ben' }, 'args.user', /is no secret of the call/],
  [{ ...given, toString: 'x' }, 'args.toString', /is no secret of the call/],
]
for (const [args, param, message] of refused) {
  test(`${JSON.stringify(args)} is refused for ${param}`, () => {
    assert.throws(() => refilled(recorded, args), { code: 'invalid_arguments', param, message })
  })
}
