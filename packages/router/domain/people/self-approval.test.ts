import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selfApprovalModes } from '@xerotier/protocol/self-approval.ts'
import { maySelfApprove, type Party } from './self-approval.ts'

const party = (id: string, ...line: string[]): Party => ({ id, line: new Set([id, ...line]) })
const olga = party('usr_olga', 'key_olga')
const anna = party('usr_anna', 'key_anna')
const bot = party('key_bot', 'key_olga', 'usr_olga')

/** Who asks, who decides, and what each mode says: `none`, `service_keys`, `any`. */
const cases: [what: string, requester: Party, decider: Party, expected: boolean[]][] = [
  ['two people', anna, olga, [true, true, true]],
  ['a person over two keys', party('usr_olga', 'key_other'), olga, [false, false, true]],
  ['a bot, and the person who made its key', bot, olga, [false, true, true]],
  ['a bot, and another person', bot, anna, [true, true, true]],
  ['a person, and a bot that they made', olga, bot, [false, false, true]],
  ['two bots of one person', party('key_twin', 'key_olga', 'usr_olga'), bot, [false, true, true]],
  ['a bot, and a bot that it made', bot, party('key_child', 'key_bot', 'usr_olga'), [false, false, true]],
  ['a person, and another whose key they made', olga, party('usr_anna', 'key_a', 'usr_olga'), [false, false, true]],
  ['two whose keys a third made', party('usr_a', 'usr_olga'), party('usr_b', 'usr_olga'), [false, true, true]],
]

for (const [what, requester, decider, expected] of cases) {
  test(`${what}: who may decide on what the first asked`, () => {
    assert.deepEqual(
      selfApprovalModes.map((mode) => maySelfApprove(mode, requester, decider)),
      expected,
    )
  })
}
